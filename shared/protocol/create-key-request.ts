import { z } from 'zod';
import { apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';
import { limits } from '#shared/limits.ts';
import { keyExpiresAtSchema } from '#shared/protocol/key-expires-at.ts';

/** Body of `POST /v1/keys`. Strict: a misspelt field would make a key that can do more, or lives longer, than was meant. */
export const createKeyRequestSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(limits.keyNameCharactersMax)
      .refine(isPlainText, 'holds a control character or half a surrogate pair')
      .meta({ description: 'What the key is for, to tell it from others.', examples: ['search backend'] }),
    scopes: z
      .array(z.enum(apiKeyScopes))
      .min(1)
      .max(apiKeyScopes.length)
      .meta({ description: 'What the key may do; none implies another.', examples: [['rerank']] }),
    expires_at: keyExpiresAtSchema
      .nullish()
      .meta({ description: 'When the key stops working; absent or null: never.', examples: ['2027-11-23T12:00:00Z'] }),
    requests_per_minute: z
      .number()
      .int()
      .min(1)
      .nullish()
      .meta({
        description: 'One of the limits that the service offers; an error lists them. Absent or null: its default.',
        examples: [600],
      }),
    tokens_per_day: z
      .number()
      .int()
      .min(1)
      .max(limits.tokensPerDayMax)
      .nullish()
      .meta({
        description: 'Tokens that the key may use on one day (UTC). Absent or null: any number.',
        examples: [50_000_000],
      }),
  })
  .meta({ id: 'CreateApiKeyRequest' });

function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
