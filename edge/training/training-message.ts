import { z } from 'zod';

/**
 * What travels through the queue. `admit` — a job that was submitted may wait for a worker. `check_lease` — sent with a delay: is the holder of this
 * lease still alive? `traceparent` — of the request that made the job. A message may come twice, late or never: each is checked against the job's row, and the sweep sends what was lost.
 */
export const trainingMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('admit'), job_id: z.string(), traceparent: z.string().optional() }),
  z.object({ kind: z.literal('check_lease'), job_id: z.string(), lease: z.number() }),
]);
export type TrainingMessage = z.infer<typeof trainingMessageSchema>;

/** The producer's side of a queue: a narrow view of the platform's binding. */
export interface TrainingQueue {
  readonly send: (message: TrainingMessage, options?: { readonly delaySeconds: number }) => Promise<unknown>;
}
