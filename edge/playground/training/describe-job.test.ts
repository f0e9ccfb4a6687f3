import { expect, it } from 'vitest';
import { describeJob } from '#edge/playground/training/describe-job.ts';
import type { TrainingJobResponse } from '#shared/protocol/training-job.ts';

const job: TrainingJobResponse = {
  object: 'training_job',
  id: 'tj_1',
  state: 'queued',
  dataset: 'ds_1',
  adapter: 'tickets',
  model: 'base',
  method: 'retrieve',
  preset: 'standard',
  settings: {},
  on_no_gain: 'keep',
  position: 3,
  attempt: 0,
  progress: null,
  cost: { tokens: 0 },
  result: null,
  error: null,
  created_at: '2026-11-23T12:00:00.000Z',
  started_at: null,
  ended_at: null,
};
const progress = {
  step: 20,
  steps: 170,
  loss: 1.2,
  base_metric: 0.69,
  dev_metric: 0.7,
  best_metric: 0.71,
  seconds_left: 61,
  at: '2026-11-23T12:00:00.000Z',
};

it.each([
  [{}, 'It waits; 2 jobs come before it.'],
  [{ state: 'running', position: null }, 'It is being prepared.'],
  [
    { state: 'running', position: null, progress },
    'Step 20 of at most 170, loss 1.2000, best nDCG@10 0.7100, base model 0.6900, at most 2 min left.',
  ],
  [{ state: 'cancelled', position: null }, 'No step has been told of.'],
] as const)('says of %j: %s', (changes, sentence) => {
  expect(describeJob({ ...job, ...changes })).toBe(sentence);
});
