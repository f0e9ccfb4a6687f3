import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { trainingJobSettingsSchema } from '#shared/protocol/training-settings.ts';
import { presetNames, presets } from '#shared/training/presets.ts';
import { workerSettings } from '#shared/training/worker-settings.ts';

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

/** What a value must satisfy, without names and words. */
function limitsOf(schema: JsonSchema): object {
  const {
    description: _d,
    examples: _e,
    example: _x,
    default: _f,
    title: _t,
    ...rest
  } = schema as Record<string, unknown>;
  return rest;
}

const publicFields = z.toJSONSchema(z.object(trainingJobSettingsSchema.shape), { io: 'input' }) as JsonSchema;
const workerFields = z.toJSONSchema(trainingSettingsSchema, { io: 'input' }) as JsonSchema;
const nameOf = (field: string) => Object.keys(workerSettings('retrieve', { [field]: 1 }))[1] ?? '';

describe('settings of a training job', () => {
  const fields = Object.entries(publicFields.properties ?? {}).filter(([field]) => field !== 'loss');

  it('are many', () => {
    expect(fields.length).toBeGreaterThan(15);
  });

  it.each(fields)('%s means a setting of the worker, within its limits', (field, schema) => {
    const own = workerFields.properties?.[nameOf(field)];
    expect(own).toBeDefined();
    const widest = { maximum: Number.MAX_SAFE_INTEGER };
    const wanted = limitsOf(own ?? {}) as { maximum?: number };
    const offered = limitsOf(schema) as { maximum?: number };
    // A limit that only the public side has is narrower, which is all that is asked for.
    const comparable = wanted.maximum === undefined || wanted.maximum === widest.maximum;
    expect(comparable ? { ...offered, maximum: wanted.maximum } : offered).toEqual(wanted);
  });

  it.each([
    { loss: { kind: 'listwise', temperature: 0.3, pointwise_weight: 0 } },
    { loss: { kind: 'pairwise', margin: 0.7, pairwise_weight: 2, pointwise_weight: 0.5 } },
    ...presetNames.map((name) => presets[name]),
  ])('%j is understood by the worker, field by field', (settings) => {
    const parsed = trainingJobSettingsSchema.parse(settings);
    const sent = workerSettings('attend', parsed);
    expect(trainingSettingsSchema.parse(sent)).toMatchObject(sent);
  });
});
