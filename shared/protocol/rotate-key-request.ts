import { z } from 'zod';
import { limits } from '#shared/limits.ts';
import { keyExpiresAtSchema } from '#shared/protocol/key-expires-at.ts';

/** Body of `POST /v1/keys/{id}/rotate`; it may be left out. */
export const rotateKeyRequestSchema = z
  .strictObject({
    overlap_seconds: z
      .number()
      .int()
      .min(0)
      .max(limits.keyOverlapSecondsMax)
      .default(limits.keyOverlapSecondsDefault)
      .meta({ description: 'How long the old key goes on beside the new one.', examples: [3600] }),
    expires_at: keyExpiresAtSchema.nullish().meta({
      description: 'When the new key stops working; absent: it lives as long as the old one was made for; null: never.',
      examples: ['2027-11-23T12:00:00Z'],
    }),
  })
  .meta({ id: 'RotateApiKeyRequest' });
