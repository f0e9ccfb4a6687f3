/** Every state of a training job. */
export const jobStates = ['submitted', 'queued', 'running', 'cancelling', 'completed', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** What can happen to a job. */
export const jobEvents = [
  'admit',
  'refuse',
  'lease',
  'expire',
  'give-up',
  'release',
  'complete',
  'fail',
  'stop',
  'cancel',
] as const;
export type JobEvent = (typeof jobEvents)[number];

/**
 * State → event → next state; what is absent cannot happen and changes nothing.
 * `admit`, `refuse` — by the queue's consumer. `lease` — a worker takes it. `expire` — the worker has not been heard of; another may take it.
 * `give-up` — `expire` or a passing fault at the last attempt. `release` — the worker hands it back, as it does when it is shut down.
 * `complete`, `fail`, `stop` — the worker's last word; `stop` answers a cancellation. `cancel` — the owner's.
 */
export const jobTransitions = {
  submitted: { admit: 'queued', refuse: 'failed', cancel: 'cancelled' },
  queued: { lease: 'running', cancel: 'cancelled' },
  running: {
    expire: 'queued',
    'give-up': 'failed',
    release: 'queued',
    complete: 'completed',
    fail: 'failed',
    cancel: 'cancelling',
  },
  // Whatever a worker says of a job that is being cancelled, the owner was told that nothing will be published.
  cancelling: {
    expire: 'cancelled',
    'give-up': 'cancelled',
    release: 'cancelled',
    complete: 'cancelled',
    fail: 'cancelled',
    stop: 'cancelled',
    cancel: 'cancelling',
  },
  completed: { cancel: 'completed' },
  failed: { cancel: 'failed' },
  cancelled: { cancel: 'cancelled' },
} as const satisfies Record<JobState, Partial<Record<JobEvent, JobState>>>;

/** The state after the event, or undefined where it cannot happen. */
export function nextJobState(state: JobState, event: JobEvent): JobState | undefined {
  const row: Partial<Record<JobEvent, JobState>> = jobTransitions[state];
  return row[event];
}

/** States in which a worker holds the job. */
export const leasedStates = ['running', 'cancelling'] as const satisfies readonly JobState[];

/** States that a job never leaves. */
export const endedStates = ['completed', 'failed', 'cancelled'] as const satisfies readonly JobState[];

export function hasEnded(state: JobState): boolean {
  return endedStates.some((ended) => ended === state);
}
