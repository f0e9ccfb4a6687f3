import { z } from 'zod';
import { bestChunkSchema } from '#shared/protocol/chunks.ts';
import { explanationSchema } from '#shared/protocol/explanation.ts';
import { receiptSchema } from '#shared/protocol/receipt.ts';

const rerankResultSchema = z
  .object({
    index: z
      .number()
      .int()
      .min(0)
      .meta({ description: 'Position of the document in the request.', examples: [0] }),
    relevance_score: z.number().meta({
      description:
        'In (0, 1), higher is better: the probability that the document is relevant. With `scoring: "likelihood"`: the geometric mean probability of the query tokens given the document. With `raw_scores`: `mean_log_likelihood`. With `fusion`: comparable within this answer only; of `interpolate` the logistic of the weighted standard scores (0.5: an average candidate; raw: that sum), of `reciprocal_rank` the share of what the first of both orders has (raw: the sum of 1 / (k + rank)).',
      examples: [0.2122],
    }),
    mean_log_likelihood: z
      .number()
      .optional()
      .meta({
        description:
          'Mean over the query tokens of log p(token | document, query so far), nats per token. Absent where the order is the request’s own (`meta.degraded`).',
        examples: [-1.55],
      }),
    unfused_score: z
      .number()
      .optional()
      .meta({
        description:
          'With `fusion`: what `relevance_score` would be without; a probability that other requests can be compared with.',
        examples: [0.2122],
      }),
    chunk: bestChunkSchema.optional().meta({
      description:
        'Of a long document that was scored in chunks: the best one, which the score is of. Absent where it was scored in one piece.',
    }),
    explanation: explanationSchema.optional().meta({
      description:
        'With `explain`, of the best results: what each token of the query is worth with and without the document.',
    }),
    document: z
      .looseObject({
        text: z.string().meta({ description: 'What was scored.', examples: ['The tower was finished in 1889.'] }),
      })
      .optional()
      .meta({
        description: 'With `return_documents`: the text, and the other fields where the document was an object.',
        examples: [{ text: 'The tower was finished in 1889.' }],
      }),
  })
  .meta({ id: 'RerankResult' });

/** One body that Cohere's, Jina's, vLLM's and LiteLLM's readers all understand. */
export const rerankResponseSchema = z
  .object({
    id: z.string().meta({
      description: 'The request id, also in X-Request-Id.',
      examples: ['5b6c2c6e-8d3c-4d0f-9a52-3b6f5d8f1d11'],
    }),
    object: z.literal('list'),
    created: z
      .number()
      .int()
      .meta({ description: 'Unix seconds.', examples: [1_780_000_000] }),
    model: z.string().meta({
      description: 'The base model, or the adapter with the version that was used.',
      examples: ['smollm2-135m-instruct'],
    }),
    results: z.array(rerankResultSchema).meta({ description: 'Best first; equal scores in the order of the request.' }),
    usage: z.object({
      prompt_tokens: z
        .number()
        .int()
        .meta({
          description: 'Tokens of every document, plus the query once per document; in chunks, of every chunk.',
          examples: [412],
        }),
      total_tokens: z
        .number()
        .int()
        .meta({ description: 'The same: nothing is generated.', examples: [412] }),
    }),
    receipt: receiptSchema.optional().meta({
      description:
        'With `receipt`: all that the scores came from, signed, without texts. Keep it whole; `POST /v1/receipts/verify` checks it.',
    }),
    meta: z.object({
      api_version: z.object({ version: z.string().meta({ description: 'Always 2.', examples: ['2'] }) }),
      billed_units: z.object({
        search_units: z
          .number()
          .int()
          .meta({
            description: 'One per query with up to 100 documents; each chunk of a long document counts as one.',
            examples: [1],
          }),
        total_tokens: z
          .number()
          .int()
          .meta({ description: 'As `usage.total_tokens`.', examples: [412] }),
      }),
      tokens: z.object({
        input_tokens: z
          .number()
          .int()
          .meta({ description: 'As `usage.total_tokens`.', examples: [412] }),
        output_tokens: z
          .number()
          .int()
          .meta({ description: 'Always 0.', examples: [0] }),
      }),
      cached_tokens: z
        .number()
        .int()
        .meta({ description: 'The part of the tokens whose scores were kept from earlier requests.', examples: [206] }),
      cached_documents: z
        .number()
        .int()
        .meta({ description: 'Documents whose scores were kept from earlier requests.', examples: [1] }),
      degraded: z
        .object({
          policy: z
            .enum(['partial', 'original_order'])
            .meta({ description: 'What `on_deadline` or `on_failure` asked for.', examples: ['partial'] }),
          reason: z
            .string()
            .meta({ description: 'The code of the error that this is instead of.', examples: ['deadline_exceeded'] }),
          unscored: z
            .array(z.number().int())
            .meta({ description: 'Positions of the documents that were not scored.', examples: [[3, 17]] }),
        })
        .optional()
        .meta({ description: 'Present where not all documents were scored.' }),
      warnings: z
        .array(z.string())
        .optional()
        .meta({
          description:
            'What was done other than asked: documents that were cut, scores by likelihood for want of a calibration, first-stage scores that were not used, results that no worker could explain, a receipt that could not be had.',
          examples: [['cut to their first 512 tokens (max_tokens_per_doc): the documents at index 3, 17']],
        }),
    }),
  })
  .meta({ id: 'RerankResponse' });

export type RerankResult = z.infer<typeof rerankResultSchema>;
export type RerankResponse = z.infer<typeof rerankResponseSchema>;
