import { z } from 'zod';
import { limits } from '#shared/limits.ts';

/** Body of `POST /v1/receipts/verify`. */
export const verifyReceiptSchema = z
  .strictObject({
    receipt: z.record(z.string(), z.unknown()).meta({
      description: 'The `receipt` of a rerank’s answer, whole.',
      examples: [{ format: 'hintrank-receipt-1', signature: '4e1f…' }],
    }),
    query: z
      .string()
      .max(limits.queryCharactersMax)
      .optional()
      .meta({
        description: 'The query, to see whether it is the one.',
        examples: ['When was the Eiffel Tower built?'],
      }),
    documents: z
      .array(z.string().max(limits.documentCharactersMax))
      .max(limits.documentsPerRequestMax)
      .optional()
      .meta({
        description: 'The documents’ texts in the order of the request, to see whether they are the ones.',
        examples: [['The tower was finished in 1889.']],
      }),
  })
  .meta({ id: 'VerifyReceiptRequest' });

export const receiptVerificationSchema = z
  .object({
    object: z.literal('receipt_verification'),
    valid: z.boolean().meta({
      description:
        'Whether this deployment signed it and nothing of it was changed. Then, and only then, the rest is said.',
      examples: [true],
    }),
    query_matches: z
      .boolean()
      .optional()
      .meta({ description: 'Where a query was sent: whether it is the one.', examples: [true] }),
    mismatched_documents: z
      .array(z.int())
      .optional()
      .meta({
        description:
          'Where documents were sent: positions at which they are not the ones, or at which one is missing or too many.',
        examples: [[]],
      }),
  })
  .meta({ id: 'ReceiptVerification' });
export type ReceiptVerification = z.infer<typeof receiptVerificationSchema>;
