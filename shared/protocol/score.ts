import { z } from 'zod';
import { travellingCalibrationSchema } from '#shared/calibration/calibration.ts';
import { limits } from '#shared/limits.ts';
import { bestChunkSchema, chunkSettingsSchema } from '#shared/protocol/chunks.ts';
import { documentExplanationSchema, queryExplanationSchema } from '#shared/protocol/score-explanation.ts';

/**
 * The internal call edge → GPU worker: `POST /v1/score`, signed. One query against the documents of one shard.
 * Both ends parse with these schemas; unknown fields are tolerated, so that the two can be deployed apart.
 */
export const scoreRequestSchema = z
  .object({
    model: z
      .string()
      .min(1)
      .max(200)
      .describe('Id of the base model; the worker refuses a call for a model it does not hold.'),
    adapter: z
      .object({
        digest: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .describe('SHA-256 of the adapter file, hex; its identity.'),
        name: z.string().min(1).max(200).describe('Name shown in errors.'),
      })
      .optional()
      .describe('The adapter version to score with; absent: the base model.'),
    template: z
      .string()
      .min(1)
      .max(50)
      .optional()
      .describe('Template version; absent: the one of the adapter, or the default.'),
    query: z.string().min(1).max(limits.queryCharactersMax),
    documents: z.array(z.string().min(1).max(limits.documentCharactersMax)).min(1).max(limits.documentsPerCallMax),
    max_tokens_per_doc: z
      .number()
      .int()
      .min(1)
      .max(limits.chunkedTokensPerDocMax)
      .default(limits.maxTokensPerDocDefault),
    chunks: chunkSettingsSchema
      .optional()
      .describe(
        'How longer documents than a chunk are scored; absent: in one piece. Workers before 0.2 do not know it.',
      ),
    tenant: z
      .string()
      .max(200)
      .optional()
      .describe('Whose share of the worker pays: tenants that wait are served alike. Absent: each call for itself.'),
    priority: z
      .number()
      .int()
      .min(limits.priorityMin)
      .max(limits.priorityMax)
      .optional()
      .describe(
        'The tenant’s calls of a lower number go first. Absent: 0. Workers before 0.2 do not know it, and take turns.',
      ),
    guest: z
      .boolean()
      .optional()
      .describe(
        "Whether the caller's own region is another one: guests are served while none of the region's own callers wait.",
      ),
    deadline_at_ms: z.number().int().positive().describe('Unix milliseconds after which nobody waits for the answer.'),
    include_target_log_likelihoods: z.boolean().default(false),
    include_calibration: z
      .boolean()
      .default(false)
      .describe('Whether the answer has `query_log_likelihood` and `calibration`, which a blended score needs.'),
    explain: z
      .boolean()
      .optional()
      .describe('Whether the answer has `explanation`, and each score its own. Workers before 0.2 do not know it.'),
  })
  .refine(({ chunks, max_tokens_per_doc }) => chunks !== undefined || max_tokens_per_doc <= limits.maxTokensPerDocMax, {
    path: ['max_tokens_per_doc'],
    message: `is more than ${limits.maxTokensPerDocMax}, the limit without chunks`,
  });
export type ScoreRequest = z.infer<typeof scoreRequestSchema>;

export const documentScoreSchema = z.object({
  mean_log_likelihood: z
    .number()
    .describe('Mean over the query tokens of log p(token | document, query so far), nats per token.'),
  document_tokens: z
    .number()
    .int()
    .min(0)
    .describe('Tokens of the document that were scored; of one in chunks, those of all chunks.'),
  lexical_match: z
    .number()
    .optional()
    .describe(
      'How much of the query the words of the whole document, or of its best chunk, cover, in [0, 1.9); workers before 0.2 leave it out.',
    ),
  truncated: z
    .boolean()
    .describe('Whether the document was cut to `max_tokens_per_doc`, or to as many chunks as were asked for.'),
  chunk: bestChunkSchema
    .optional()
    .catch(undefined)
    .describe('The chunk that everything else here is of; absent where the document was scored in one piece.'),
  target_log_likelihoods: z.array(z.number()).optional().describe('Per query token, nats.'),
  explanation: documentExplanationSchema.optional().catch(undefined),
});
export type DocumentScore = z.infer<typeof documentScoreSchema>;

export const scoreTimingSchema = z.object({
  queue_ms: z.number().min(0).describe('Wait of the document that waited longest.'),
  tokenize_ms: z
    .number()
    .min(0)
    .describe('This and the other stages: work of all threads, which run at the same time.'),
  prefix_ms: z.number().min(0),
  hints_ms: z.number().min(0),
  suffix_ms: z.number().min(0),
  prefixes: z.number().int().min(0).describe('Prefixes that were needed,'),
  prefix_hits: z.number().int().min(0).describe('and those of them that were kept from earlier.'),
});
export type ScoreTiming = z.infer<typeof scoreTimingSchema>;

const workerLoadSchema = z.object({
  wait_ms: z
    .number()
    .min(0)
    .describe(
      'Until the worker has worked off what goes before such a call, at the pace of late. Guests go before nobody else.',
    ),
  work_ms: z
    .number()
    .min(0)
    .describe('What this call took of all its threads together: by so much it made others wait.'),
});

export const scoreResponseSchema = z.object({
  model: z.string(),
  template: z.string(),
  query_tokens: z.number().int().min(0),
  scores: z.array(documentScoreSchema).describe('In the order of the documents.'),
  query_log_likelihood: z
    .number()
    .optional()
    .describe('Mean over the query tokens of log p(token | query so far) without a document, nats per token.'),
  calibration: travellingCalibrationSchema
    .optional()
    .catch(undefined)
    .describe(
      "The adapter's constants, else the base model's; absent where there are none, or none of a kind that is known here.",
    ),
  scoring_fingerprint: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Equal wherever equal requests get equal scores: model, arithmetic, constants and version of the worker. Workers before 0.2 leave it out; their scores are not cached.',
    ),
  explanation: queryExplanationSchema.optional().catch(undefined),
  compute_ms: z.number().min(0).describe('Milliseconds from the first byte of the body to the last score.'),
  timing: scoreTimingSchema
    .optional()
    .catch(undefined)
    .describe('What they went into. Workers before 0.2 leave it out.'),
  load: workerLoadSchema
    .optional()
    .catch(undefined)
    .describe(
      'How busy the worker is, by which edges choose between regions. Without it, they leave a region for its failures alone.',
    ),
});
export type ScoreResponse = z.infer<typeof scoreResponseSchema>;

export const workerInfoSchema = z.object({
  model: z.string(),
  precision: z.enum(['fp32', 'int8', 'fp16']),
  precision_reason: z.string().max(300).optional().describe('Why this precision; the end of "int8, because …".'),
  device: z.enum(['cpu', 'cuda']).optional().describe('What runs the model.'),
  threads: z.number().int(),
  queue_length: z.number().int(),
  queue_length_max: z.number().int(),
  adapters_loaded: z.array(z.string()),
  model_fingerprint: z.string(),
  tokenizer_fingerprint: z.string(),
  scoring_fingerprint: z.string().max(200).optional().describe('As in the answer of `POST /v1/score`.'),
  default_template: z.string().max(50).optional().describe('Of the base model. Workers before 0.2 leave it out.'),
  memory: z
    .object({
      prefix_bytes: z.number().int().describe('Keys and values of documents that are kept.'),
      prefix_bytes_max: z.number().int(),
      prefixes: z.number().int().describe('Prefixes that these are of.'),
      adapter_bytes: z.number().int().describe('Adapter files that are loaded.'),
      adapter_bytes_max: z.number().int(),
      sessions: z.number().int().describe('Sessions over all threads.'),
      weights_shared: z
        .boolean()
        .optional()
        .describe('All sessions read one copy of the weights; else each has packed them for itself.'),
      weights_bytes: z.number().int().describe('Size of the converted weights.'),
      resident_bytes: z.number().int().describe('What the process has in memory, all of these included.'),
    })
    .optional()
    .describe('Workers before 0.2 leave it out.'),
  version: z.string(),
});
export type WorkerInfo = z.infer<typeof workerInfoSchema>;
