import { z } from 'zod';

const milliseconds = (what: string) => z.number().min(0).max(600_000).describe(`Milliseconds: ${what}`);
const bytes = (what: string) => z.number().int().min(0).max(1e13).describe(`Bytes: ${what}`);

/**
 * What a worker of one kind of machine costs and how fast it is: measured by `hintrank plan calibrate`, or written by hand. Times are those of one scoring
 * thread that works alone; `busySlowdown` says what is left of it when all do.
 */
export const hardwareProfileSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .describe('Lower-case letters, digits and hyphens.'),
  description: z.string().min(1).max(1_000).describe('The machine, and how the numbers were come by.'),
  model: z
    .strictObject({
      name: z.string().min(1).max(200).describe('The model that was measured, for people.'),
      parameters: z
        .number()
        .int()
        .min(1)
        .max(1e13)
        .describe('Its parameters: times of another size are scaled by them.'),
      precision: z.enum(['int8', 'fp16', 'fp32']).describe('Of its linear layers.'),
      keyValueBytesPerToken: bytes('keys and values of one token of a kept prefix.'),
    })
    .describe('What was measured.'),
  threads: z.number().int().min(1).max(256).describe('Scoring threads of a worker (`GPU_WORKER_THREADS`).'),
  busySlowdown: z
    .number()
    .min(1)
    .max(16)
    .describe('How many times longer the same work takes while all threads work; 1 with one thread.'),
  spread: z.number().min(0).max(2).describe('Standard deviation of a batch’s time, as a part of it.'),
  milliseconds: z
    .strictObject({
      edge: milliseconds('of the edge, a request: key, plan, merge, its way to the worker and back.'),
      call: milliseconds('of the worker’s main thread, a call: HTTP, signature, body, answer.'),
      batch: milliseconds('of handing a batch to a thread and back.'),
      document: milliseconds('a document, beside the following.'),
      token: milliseconds('a token of a document that is not kept: tokenising.'),
      prefixRun: milliseconds('a prefix that is not kept,'),
      prefixRow: milliseconds('and each of its tokens,'),
      prefixRowSquared: milliseconds('and their square (attention).'),
      suffixRun: milliseconds('a run of suffixes, which several documents share,'),
      suffixRow: milliseconds('and each of its rows: query tokens, hints, frame,'),
      suffixRowPast: milliseconds('and each row for each token of its prefix (attention).'),
      hints: milliseconds('choosing and making a document’s hints, with an adapter.'),
    })
    .describe('Of one thread that works alone.'),
  memory: z
    .strictObject({
      machine: bytes('what the worker may have in all.'),
      process: bytes('a worker without model, threads and caches.'),
      weights: bytes('the weights, which all threads share.'),
      thread: bytes('sessions of a thread, and what runs need.'),
      adapter: bytes('a loaded adapter, on all threads.'),
    })
    .describe('Of one worker.'),
  pricePerHour: z.number().min(0).max(1e6).describe('Of one such machine, in any currency.'),
});

export type HardwareProfile = z.infer<typeof hardwareProfileSchema>;
