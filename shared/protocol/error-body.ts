import { z } from 'zod';

/** One error body whose message Cohere's (`message`), Jina's and Voyage's (`detail`) and OpenAI's (`error.message`) readers all find. */
export const errorBodySchema = z
  .object({
    message: z.string().meta({
      description: 'What is wrong, with the value and the limit.',
      examples: ['documents has 10,001 items, the limit is 10,000'],
    }),
    id: z.string().meta({
      description: 'The request id, also in X-Request-Id.',
      examples: ['5b6c2c6e-8d3c-4d0f-9a52-3b6f5d8f1d11'],
    }),
    detail: z
      .string()
      .meta({ description: 'The message again.', examples: ['documents has 10,001 items, the limit is 10,000'] }),
    error: z.object({
      message: z
        .string()
        .meta({ description: 'The message again.', examples: ['documents has 10,001 items, the limit is 10,000'] }),
      type: z.string().meta({ description: 'The kind of fault.', examples: ['invalid_request_error'] }),
      param: z
        .string()
        .nullable()
        .meta({ description: 'The field at fault.', examples: ['documents'] }),
      code: z.string().meta({ description: 'A stable code of the error catalogue.', examples: ['invalid_request'] }),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** Text Embeddings Inference's error body, for requests in its shape: its readers expect `error` to be a string. */
export const teiErrorBodySchema = z
  .object({
    error: z.string().meta({ description: 'What is wrong.', examples: ['texts is empty, at least 1 is needed'] }),
    error_type: z
      .enum(['Unhealthy', 'Backend', 'Overloaded', 'Validation', 'Tokenizer', 'Empty'])
      .meta({ description: 'The kind of fault.', examples: ['Empty'] }),
  })
  .meta({ id: 'TeiError' });
export type TeiErrorBody = z.infer<typeof teiErrorBodySchema>;
