import { expect, it } from 'vitest';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import type { TrainingJobResponse } from '#shared/protocol/training-job.ts';

const queued: TrainingJobResponse = {
  object: 'training_job',
  id: 'tj_1',
  state: 'queued',
  dataset: 'ds_1',
  adapter: 'tickets',
  model: 'm',
  method: 'retrieve',
  preset: 'standard',
  settings: {},
  on_no_gain: 'keep',
  position: 2,
  attempt: 0,
  progress: null,
  cost: { tokens: 0 },
  result: null,
  error: null,
  created_at: '2026-11-24T01:00:00.000Z',
  started_at: null,
  ended_at: null,
};

it('says the place of a job that waits, and the step of one that runs', () => {
  expect(renderJob(queued)).toBe('tj_1 (tickets): queued, place 2 in the queue, 0 tokens so far\n');
  const metrics = { base_metric: null, dev_metric: null, best_metric: null };
  const progress = { step: 3, steps: 170, loss: 0.5, ...metrics, seconds_left: 60, at: queued.created_at };
  expect(renderJob({ ...queued, state: 'running', position: null, progress, cost: { tokens: 90 } })).toBe(
    'tj_1 (tickets): running, 90 tokens so far\nstep 3 of 170, loss 0.5000\n',
  );
});

it('says what a job cost that has ended, and why it failed', () => {
  const error = { code: 'worker_lost', message: 'No worker got to its end in 3 attempts.' };
  expect(renderJob({ ...queued, state: 'failed', position: null, error, cost: { tokens: 90 } })).toBe(
    'tj_1 (tickets): failed, 90 tokens\nworker_lost: No worker got to its end in 3 attempts.\n',
  );
});
