import { z } from 'zod';

/** An upload that waits for its bytes. */
export const adapterUploadSchema = z
  .object({
    object: z.literal('adapter_upload'),
    id: z.string().meta({ description: 'Names the upload in routes.', examples: ['up_0d3v5n8y1r6s2bhe4fq9w2m0c7'] }),
    name: z.string().meta({ description: 'Name of the adapter that it becomes.', examples: ['support-tickets'] }),
    expires_at: z.iso.datetime().meta({
      description: 'UTC. Until then the URLs work and the upload can be completed; afterwards its bytes are deleted.',
      examples: ['2026-11-23T13:00:00.000Z'],
    }),
    parts: z
      .array(
        z.object({
          number: z
            .number()
            .int()
            .meta({ description: 'From 1.', examples: [1] }),
          bytes: z
            .number()
            .int()
            .meta({ description: 'Bytes of this part.', examples: [2_749_440] }),
          url: z.string().meta({
            description:
              'Where to PUT it. Whoever has the URL can send these bytes, and no others; it needs no API key.',
            examples: ['https://s3.example.com/adapters/uploads/up_0d3v?X-Amz-Signature=…'],
          }),
          headers: z.record(z.string(), z.string()).meta({
            description: 'Headers to send with it, exactly; they are signed.',
            examples: [{ 'x-amz-checksum-sha256': 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=' }],
          }),
        }),
      )
      .meta({ description: 'The whole file, or its parts in order.' }),
  })
  .meta({ id: 'AdapterUpload' });
export type AdapterUploadResponse = z.infer<typeof adapterUploadSchema>;

/** Answer to an abort. */
export const abortedUploadSchema = z
  .object({
    object: z.literal('aborted_adapter_upload'),
    id: z.string().meta({ description: 'The upload that is gone.', examples: ['up_0d3v5n8y1r6s2bhe4fq9w2m0c7'] }),
  })
  .meta({ id: 'AbortedAdapterUpload' });
export type AbortedUploadResponse = z.infer<typeof abortedUploadSchema>;
