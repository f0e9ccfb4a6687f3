import { z } from 'zod';

/** Body of every answer of a GPU worker that is not 2xx; the edge passes `code` and `message` on where they are the caller's business. */
export const workerErrorSchema = z.object({
  error: z.object({
    code: z.string().describe('A code of the error catalogue.'),
    message: z.string().describe('Names the thing, the value and the limit; holds no internals.'),
    param: z.string().optional().describe('The request field at fault.'),
    reason: z.string().optional().describe('Why a signature was refused (`unsigned_call` only).'),
    request_id: z.string(),
  }),
});
export type WorkerError = z.infer<typeof workerErrorSchema>;
