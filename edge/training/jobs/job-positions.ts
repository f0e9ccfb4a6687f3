import type { JobRow } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { queueOrder } from '#edge/training/jobs/queue-order.ts';

/** Finds a job's place in the queue, from 1; null where it does not wait. The queue is read once, and only if one of `rows` waits. */
export async function jobPositions(jobs: JobStore, rows: readonly JobRow[]): Promise<(row: JobRow) => number | null> {
  const waits = ({ state }: JobRow) => state === 'submitted' || state === 'queued';
  if (!rows.some(waits)) return () => null;
  const waiting = await jobs.listWaiting();
  const places = new Map(queueOrder(waiting.jobs, waiting.tenants).map((id, index) => [id, index + 1]));
  return (row) => (waits(row) ? (places.get(row.id) ?? null) : null);
}
