export interface WaitingJob {
  readonly id: string;
  readonly tenantId: string;
  readonly createdAtMs: number;
}

/** A tenant with waiting jobs. */
export interface QueueTenant {
  readonly tenantId: string;
  /** Jobs that workers hold. */
  readonly running: number;
  /** When a worker last took one of its jobs; 0: never. */
  readonly servedAtMs: number;
}

/**
 * Ids in the order in which workers would take the jobs if none that runs ended: of the tenant with the fewest running; among equals, of the one that was
 * served longest ago, so that a single worker goes round; then the oldest. lease-job asks the database for the first of the same order.
 */
export function queueOrder(jobs: readonly WaitingJob[], tenants: readonly QueueTenant[]): string[] {
  const lines = tenants.map((tenant) => ({
    ...tenant,
    jobs: jobs.filter(({ tenantId }) => tenantId === tenant.tenantId).toSorted(byAge),
  }));
  const latest = Math.max(0, ...tenants.map(({ servedAtMs }) => servedAtMs));
  const order: string[] = [];
  for (let turn = 1; ; turn += 1) {
    const [next] = lines
      .filter((line) => line.jobs.length > 0)
      .toSorted(
        (left, right) =>
          left.running - right.running || left.servedAtMs - right.servedAtMs || byAge(left.jobs[0], right.jobs[0]),
      );
    const job = next?.jobs.shift();
    if (next === undefined || job === undefined) return order;
    order.push(job.id);
    next.running += 1;
    next.servedAtMs = latest + turn;
  }
}

function byAge(left: WaitingJob | undefined, right: WaitingJob | undefined): number {
  if (left === undefined || right === undefined) return 0;
  return left.createdAtMs - right.createdAtMs || (left.id < right.id ? -1 : 1);
}
