import { z } from 'zod';
import { limits } from '#shared/limits.ts';
import { adapterDetailsSchema } from '#shared/protocol/adapter-details.ts';

/**
 * The internal call edge → GPU worker: `POST /v1/adapters/validate`, signed. The worker reads an uploaded file from the object store and says
 * whether its model can be served with it. Both ends parse with these schemas; unknown fields are tolerated.
 */
export const adapterValidationRequestSchema = z.object({
  model: z
    .string()
    .min(1)
    .max(200)
    .describe('Id of the base model; the worker refuses a call for a model it does not hold.'),
  name: z.string().min(1).max(200).describe('Name shown in errors.'),
  object_key: z
    .string()
    .regex(/^uploads\/[A-Za-z0-9_-]{1,100}$/)
    .describe('Where the file lies in the bucket; uploads only, so that a call can read nothing else.'),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 that the file must have, hex.'),
  bytes: z.number().int().min(1).max(limits.adapterBytesMax).describe('Size that the file must have.'),
  deadline_at_ms: z.number().int().positive().describe('Unix milliseconds after which nobody waits for the answer.'),
});
export type AdapterValidationRequest = z.infer<typeof adapterValidationRequestSchema>;

export const adapterValidationResponseSchema = z.object({
  etag: z.string().min(1).describe('ETag of the object that was read: what is copied must still have it.'),
  details: adapterDetailsSchema,
});
export type AdapterValidationResponse = z.infer<typeof adapterValidationResponseSchema>;
