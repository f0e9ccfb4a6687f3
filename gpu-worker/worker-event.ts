import { z } from 'zod';

/** What a worker tells the process that started it with an IPC channel (`npm start`, tests); without one it only logs. */
export const workerEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('listening'), url: z.string() }),
  z.object({ event: z.literal('loading'), stage: z.string(), fraction: z.number() }),
  // Precision, device and why; absent where no model is loaded.
  z.object({ event: z.literal('ready'), arithmetic: z.string().optional() }),
  z.object({ event: z.literal('failed'), reason: z.string() }),
]);

export type WorkerEvent = z.infer<typeof workerEventSchema>;
