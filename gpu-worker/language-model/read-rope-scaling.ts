import { ConfigFields, configMaxima } from '#gpu-worker/language-model/config-fields.ts';
import type { RopeScaling } from '#gpu-worker/language-model/model-config.ts';

const supportedRopeKinds: readonly string[] = ['default', 'linear', 'llama3'];

/**
 * `rope_scaling` or the newer `rope_parameters` of a config.json. `type` is the older name of `rope_type`.
 * @throws ServiceError `invalid_weights` naming an unknown kind and the known ones
 */
export function readRopeScaling(place: string, field: string, value: unknown): RopeScaling | null {
  if (value === undefined || value === null) return null;
  const whole = new ConfigFields(place, () => value);
  if (!isRecord(value)) throw whole.fault(field, value, 'an object or null');
  const fields = new ConfigFields(`${place}: ${field}`, (name) => value[name]);
  const kind = fields.raw('rope_type') ?? fields.raw('type') ?? 'default';
  if (kind === 'default') return null;
  if (kind === 'linear') return { kind: 'linear', factor: fields.positive('factor') };
  if (kind === 'llama3') {
    const lowFrequencyFactor = fields.positive('low_freq_factor');
    const highFrequencyFactor = fields.positive('high_freq_factor');
    if (highFrequencyFactor <= lowFrequencyFactor)
      throw fields.fault('high_freq_factor', highFrequencyFactor, `above low_freq_factor, ${lowFrequencyFactor}`);
    return {
      kind: 'llama3',
      factor: fields.positive('factor'),
      lowFrequencyFactor,
      highFrequencyFactor,
      originalContextLength: fields.size('original_max_position_embeddings', configMaxima.contextLength),
    };
  }
  throw fields.fault('rope_type', kind, `one of the supported kinds: ${supportedRopeKinds.join(', ')}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
