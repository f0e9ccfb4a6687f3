import { z } from 'zod';
import { bestChunkSchema } from '#shared/protocol/chunks.ts';

const sha256 = (of: string) =>
  z.string().meta({
    description: `SHA-256 of ${of}, lower-case hex.`,
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  });

const constants = (description: string) =>
  z
    .record(z.string(), z.number())
    .meta({ description, examples: [{ intercept: -4.5739, mean_log_likelihood: 1.6287 }] });

/**
 * All that a rerank's scores came from, so that they can be had again: numbers and digests, no texts. What is signed is the canonical JSON (RFC 8785)
 * of everything but `signature`.
 */
export const receiptSchema = z.object({
  format: z.literal('hintrank-receipt-1'),
  request_id: z.string().meta({ description: 'The request id.', examples: ['5b6c2c6e-8d3c-4d0f-9a52-3b6f5d8f1d11'] }),
  created_at: z.iso
    .datetime()
    .meta({ description: 'When the request came, UTC.', examples: ['2026-11-23T12:00:00.000Z'] }),
  version: z.string().meta({ description: 'Version of the product that scored.', examples: ['0.1.0'] }),
  model: z.string().meta({ description: 'Id of the base model.', examples: ['smollm2-135m-instruct'] }),
  model_fingerprint: sha256('the model’s weights, as docs/decisions/0003-model-fingerprint.md has it'),
  tokenizer_fingerprint: sha256('the tokenizer: vocabulary, merges and special ids'),
  precision: z.enum(['fp32', 'int8', 'fp16']).meta({ description: 'Arithmetic of the model.', examples: ['int8'] }),
  scoring_fingerprint: sha256('all that workers’ answers depend on beside request and adapter'),
  adapter: z
    .object({
      id: z.string().meta({ description: 'Name and version.', examples: ['support-tickets@3'] }),
      sha256: sha256('the adapter file'),
    })
    .nullable()
    .meta({ description: 'null: the base model alone.', examples: [null] }),
  template: z.string().meta({ description: 'Prompt template.', examples: ['clean-1'] }),
  scoring: z
    .enum(['blended', 'likelihood'])
    .meta({ description: 'What documents were ordered by.', examples: ['blended'] }),
  raw_scores: z.boolean().meta({ description: 'As in the request.', examples: [false] }),
  calibration: z
    .object({
      sha256: sha256('the canonical JSON of the fields beside this one'),
      constants: constants('Of the blend: log-odds are the intercept plus each constant times its feature.'),
      constants_with_first_stage: constants(
        'For documents with a first-stage score; absent where there are none.',
      ).optional(),
    })
    .nullable()
    .meta({ description: 'Constants of the blend; null with `likelihood`.', examples: [null] }),
  fusion: z
    .object({
      method: z.string().meta({ description: 'As in the request.', examples: ['interpolate'] }),
      weight: z.number().meta({ description: 'As in the request.', examples: [0.5] }),
      k: z.int().meta({ description: 'As in the request.', examples: [60] }),
    })
    .nullable()
    .meta({ description: 'null: none was asked for.', examples: [null] }),
  limits: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Limits of length that applied.', examples: [{ max_tokens_per_doc: 512 }] }),
  query: z.object({
    sha256: sha256('the query’s UTF-8'),
    tokens: z.int().meta({ description: 'Its tokens.', examples: [9] }),
    log_likelihood: z
      .number()
      .nullable()
      .meta({
        description: 'Mean over its tokens without a document, nats; null with `likelihood`.',
        examples: [-4.2],
      }),
  }),
  documents: z
    .array(
      z.object({
        sha256: sha256('the scored text’s UTF-8'),
        mean_log_likelihood: z
          .number()
          .nullable()
          .meta({ description: 'Nats per query token; null where it was not scored.', examples: [-1.55] }),
        lexical_match: z
          .number()
          .optional()
          .meta({ description: 'Of the blend.', examples: [0.81] }),
        tokens: z
          .int()
          .optional()
          .meta({ description: 'Tokens that were scored.', examples: [120] }),
        truncated: z
          .boolean()
          .optional()
          .meta({ description: 'Whether it was cut.', examples: [false] }),
        chunk: bestChunkSchema.optional().meta({ description: 'Of a document in chunks: the one that these are of.' }),
        first_stage_score: z
          .number()
          .optional()
          .meta({ description: 'The caller’s `score`.', examples: [12.5] }),
      }),
    )
    .meta({
      description: 'Every document of the request, in its order.',
      examples: [
        [
          {
            sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
            mean_log_likelihood: -1.55,
            lexical_match: 0.81,
            tokens: 120,
            truncated: false,
          },
        ],
      ],
    }),
  results: z
    .array(
      z.object({
        index: z.int().meta({ description: 'Position of the document in the request.', examples: [0] }),
        relevance_score: z.number().meta({ description: 'As in the answer.', examples: [0.2122] }),
      }),
    )
    .meta({ description: 'The order that was answered.', examples: [[{ index: 0, relevance_score: 0.2122 }]] }),
  signature: z.string().meta({
    description: 'HMAC-SHA-256 by this deployment, hex; `POST /v1/receipts/verify` checks it.',
    examples: ['4e1f…'],
  }),
});
export type Receipt = z.infer<typeof receiptSchema>;
