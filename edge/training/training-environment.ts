/** What a tenant may use of training, and how workers are watched. */
export interface TrainingEnvironment {
  /** TRAINING_JOBS_RUNNING_MAX, default 2: jobs of one tenant that workers hold at once. Too small: workers idle while jobs wait; too large: one tenant can take all workers. */
  readonly jobsRunningMax: number;
  /** TRAINING_JOBS_QUEUED_MAX, default 50: jobs of one tenant that wait. */
  readonly jobsQueuedMax: number;
  /** TRAINING_DATASET_BYTES_MAX, default 2,000,000,000: bytes of all datasets of one tenant. */
  readonly datasetBytesMax: number;
  /** TRAINING_TOKENS_PER_DAY, default 100,000,000: tokens of one tenant's trainings a day (UTC), after which its jobs wait for the next; a running job is not stopped. 0: no quota. */
  readonly tokensPerDay: number;
  /** TRAINING_LEASE_SECONDS, default 60: seconds without a heartbeat after which another worker may take a job; workers send four in that time. Too small: a busy worker loses jobs; too large: the jobs of a dead one wait. */
  readonly leaseSeconds: number;
}

export interface TrainingBindings {
  readonly TRAINING_JOBS_RUNNING_MAX?: string;
  readonly TRAINING_JOBS_QUEUED_MAX?: string;
  readonly TRAINING_DATASET_BYTES_MAX?: string;
  readonly TRAINING_TOKENS_PER_DAY?: string;
  readonly TRAINING_LEASE_SECONDS?: string;
}

export const trainingDefaults: TrainingEnvironment = {
  jobsRunningMax: 2,
  jobsQueuedMax: 50,
  datasetBytesMax: 2_000_000_000,
  tokensPerDay: 100_000_000,
  leaseSeconds: 60,
};

/** Reads every field; what is wrong goes to `problems`. */
export function parseTrainingEnvironment(bindings: TrainingBindings, problems: string[]): TrainingEnvironment {
  const read = (name: keyof TrainingBindings, absent: number, minimum: number, maximum: number): number => {
    const text = bindings[name];
    if (text === undefined || text === '') return absent;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    problems.push(`${name} is "${text}"; it must be a whole number from ${minimum} to ${maximum}`);
    return absent;
  };
  const { jobsRunningMax, jobsQueuedMax, datasetBytesMax, tokensPerDay, leaseSeconds } = trainingDefaults;
  return {
    jobsRunningMax: read('TRAINING_JOBS_RUNNING_MAX', jobsRunningMax, 1, 1_000),
    jobsQueuedMax: read('TRAINING_JOBS_QUEUED_MAX', jobsQueuedMax, 1, 10_000),
    datasetBytesMax: read('TRAINING_DATASET_BYTES_MAX', datasetBytesMax, 1, 1_000_000_000_000),
    tokensPerDay: read('TRAINING_TOKENS_PER_DAY', tokensPerDay, 0, 1_000_000_000_000),
    leaseSeconds: read('TRAINING_LEASE_SECONDS', leaseSeconds, 2, 3_600),
  };
}
