import { z } from 'zod';
import { apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';

const keyFields = {
  object: z.literal('api_key'),
  id: z.string().meta({
    description: 'Names the key in routes, lists and usage; never a part of it.',
    examples: ['key_4fq9w2m0c7x1t8ka'],
  }),
  name: z.string().meta({ description: 'What you called it.', examples: ['search backend'] }),
  tenant: z.string().meta({ description: 'Whose key it is.', examples: ['acme'] }),
  scopes: z
    .array(z.enum(apiKeyScopes))
    .meta({ description: 'What it may do; none implies another.', examples: [['rerank', 'adapters:read']] }),
  status: z
    .enum(['active', 'expired', 'revoked'])
    .meta({ description: 'Only an active key is let in.', examples: ['active'] }),
  created_at: z.iso.datetime().meta({ description: 'UTC.', examples: ['2026-11-23T12:00:00.000Z'] }),
  expires_at: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'UTC; null: never.', examples: ['2027-11-23T12:00:00.000Z'] }),
  revoked_at: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'UTC; null: not revoked.', examples: [null] }),
  requests_per_minute: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'Its limit; null: the default of the service.', examples: [600] }),
  tokens_per_day: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'Its quota of tokens a day (UTC); null: none.', examples: [50_000_000] }),
  replaces: z
    .string()
    .nullable()
    .meta({ description: 'Id of the key that it was made to take over from.', examples: ['key_0d3v5n8y1r6s2bhe'] }),
};

/** A key as lists and descriptions show it: without the key. */
export const keyResponseSchema = z.object(keyFields).meta({ id: 'ApiKey' });
export type KeyResponse = z.infer<typeof keyResponseSchema>;

/** Answer to `POST /v1/keys` and to a rotation: the only one that holds the key. */
export const createdKeyResponseSchema = z
  .object({
    ...keyFields,
    key: z.string().meta({
      description: 'The key itself. It is shown this once and stored nowhere: keep it now.',
      examples: ['hr_7c0rk0w1e5a8y2m4q6t9v3x5z7b1d3f5h7j9k0mpe4nra8'],
    }),
  })
  .meta({ id: 'CreatedApiKey' });
export type CreatedKeyResponse = z.infer<typeof createdKeyResponseSchema>;

/** Answer to `GET /v1/keys`. */
export const keyListResponseSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(keyResponseSchema).meta({ description: 'The newest first.' }),
    has_more: z
      .boolean()
      .meta({ description: 'Whether older keys follow; name the last id as `after`.', examples: [false] }),
  })
  .meta({ id: 'ApiKeyList' });
export type KeyListResponse = z.infer<typeof keyListResponseSchema>;
