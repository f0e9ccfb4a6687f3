import { expect, it } from 'vitest';
import { ThreadLostError } from '#gpu-worker/scoring/threads/thread-lost-error.ts';
import { NotFiniteError } from '#gpu-worker/training/not-finite-error.ts';
import { trainingFault } from '#gpu-worker/training/training-fault.ts';
import { describeTrainingFailure } from '#gpu-worker/training-service/process/describe-training-failure.ts';
import { UnusableDatasetError } from '#gpu-worker/training-service/process/perform-training.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const path = '/srv/jobs/tj_1-1.77/checkpoint.safetensors';
const inStep = (cause: unknown) => trainingFault('in step 4 (queries "q1")', cause, { step: 2, path });

it.each([
  [new UnusableDatasetError('9 training queries are left.'), 'invalid_dataset', true, '9 training queries are left.'],
  [new ServiceError('invalid_request', 'k is too large.'), 'invalid_settings', true, 'k is too large.'],
  [
    inStep(new NotFiniteError('the norm of the gradient is NaN, not a finite number')),
    'not_finite',
    true,
    'Training stopped in step 4 (queries "q1"): the norm of the gradient is NaN, not a finite number. A lower learning rate may help.',
  ],
  [
    inStep(new ThreadLostError(new Error('code 134'))),
    'worker_failed',
    false,
    'The training worker failed in step 4 (queries "q1"): one of its threads ended.',
  ],
  [inStep(new Error(`ENOSPC ${path}`)), 'worker_failed', false, 'The training worker failed in step 4 (queries "q1").'],
  [new ServiceError('model_not_found', `no ${path}`), 'worker_failed', false, expect.not.stringContaining('/')],
  [new Error(`ENOENT ${path}`), 'worker_failed', false, expect.not.stringContaining('/')],
])('tells the job’s own faults from the worker’s, without its paths (%#)', (error, code, permanent, message) => {
  expect(describeTrainingFailure(error)).toEqual({ code, permanent, message });
});
