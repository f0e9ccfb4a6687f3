import { expect, it } from 'vitest';
import { environmentSchema } from '#gpu-worker/environment.ts';
import valuesSchema from '../../infra/kubernetes/hintrank/values.schema.json' with { type: 'json' };

it('the chart takes every setting of the worker by its name, and no other that looks like one', () => {
  const names = Object.keys(environmentSchema.shape).filter((name) => name.startsWith('GPU_WORKER_'));
  expect(names.length).toBeGreaterThan(20);
  expect(valuesSchema.$defs.environment.propertyNames.then.enum).toEqual(names);
});
