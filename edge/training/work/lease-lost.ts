import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { leasedStates } from '#shared/training/job-states.ts';

/** Whether the lease of this number holds the job. */
export function holdsJob({ state, lease }: JobRow, number: number): boolean {
  return lease === number && leasedStates.some((leased) => leased === state);
}

export function leaseLost(id: string, lease: number, job: JobRow | undefined): ServiceError {
  const now = job === undefined ? 'is gone' : `is ${job.state}, and its newest lease is ${job.lease}`;
  return new ServiceError('lease_lost', `Lease ${lease} does not hold training job ${id}: the job ${now}.`);
}
