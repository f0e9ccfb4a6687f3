import { z } from 'zod';

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });

/** `GET /info`: what Text Embeddings Inference's clients read of a reranker, and this deployment's limits. */
export const infoResponseSchema = z
  .object({
    model_id: z.string().meta({ description: 'The base model.', examples: ['smollm2-135m-instruct'] }),
    model_sha: z
      .string()
      .nullable()
      .meta({ description: 'Always null: adapters have digests.', examples: [null] }),
    model_dtype: z
      .string()
      .meta({ description: 'Always `unspecified`: each worker has its own.', examples: ['unspecified'] }),
    model_type: z.object({
      reranker: z.object({
        id2label: z
          .record(z.string(), z.string())
          .meta({ description: 'The one score.', examples: [{ 0: 'LABEL_0' }] }),
        label2id: z
          .record(z.string(), z.number().int())
          .meta({ description: 'The same, reversed.', examples: [{ LABEL_0: 0 }] }),
      }),
    }),
    max_concurrent_requests: count('Documents of one request: that many are taken at once.', 10_000),
    max_input_length: count('Tokens of a document that can be scored.', 8_192),
    max_batch_tokens: count('Tokens of one request at most.', 8_192_000),
    max_batch_requests: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Always null: not bounded.', examples: [null] }),
    max_client_batch_size: count('Documents of one request.', 10_000),
    auto_truncate: z.boolean().meta({
      description: 'Always true: longer documents are cut, unless a request says otherwise.',
      examples: [true],
    }),
    tokenization_workers: count('Always 1: workers tokenize by themselves.', 1),
    version: z.string().meta({ description: 'Of this service.', examples: ['0.1.0'] }),
    limits: z.object({
      document_characters: count('Characters of a document.', 400_000),
      query_characters: count('Characters of the query.', 16_000),
      request_bytes: count('Bytes of a rerank body.', 10_000_000),
      max_tokens_per_doc_default: count('Tokens of a document that are scored unless the request says otherwise.', 512),
      deadline_ms: count('Milliseconds that a request may ask for.', 300_000),
      adapter_bytes: count('Bytes of an adapter file.', 512_000_000),
    }),
  })
  .meta({ id: 'Info' });
export type InfoResponse = z.infer<typeof infoResponseSchema>;
