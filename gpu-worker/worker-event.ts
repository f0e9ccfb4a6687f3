import { z } from 'zod';

/** What a worker tells the process that started it with an IPC channel (`npm start`, tests); without one it only logs. */
export const workerEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('listening'), url: z.string() }),
  z.object({ event: z.literal('loading'), stage: z.string(), fraction: z.number() }),
  z.object({ event: z.literal('ready') }),
  z.object({ event: z.literal('failed'), reason: z.string() }),
]);

export type WorkerEvent = z.infer<typeof workerEventSchema>;
