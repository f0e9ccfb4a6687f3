import { z } from 'zod';
import { limits } from '#shared/limits.ts';
import { isReadableText, unreadableText } from '#shared/protocol/readable-text.ts';

/**
 * The public rerank request in its one canonical form. What other APIs' clients send instead (null for absent, "true" for true, `texts`, `top_k`)
 * is translated into this form first, by the edge; unknown fields are ignored, because Cohere's, Jina's and vLLM's clients send fields of their own.
 */
const rerankDocumentSchema = z.union([z.string(), z.record(z.string(), z.unknown())]);

const shortfallSchema = z.enum(['error', 'partial', 'original_order']).default('error');

const scoringSchema = z.enum(['blended', 'likelihood']);

const fusionSchema = z.strictObject({
  method: z.enum(['none', 'interpolate', 'reciprocal_rank']).meta({
    description:
      '`none`: scores of the first stage play no part, in the blend neither. `interpolate`: the sum of both scores, each standardised over the candidates (less the mean, over the standard deviation). `reciprocal_rank`: the sum of 1 / (k + rank) in both orders. The last two need a `score` of every document.',
    examples: ['interpolate'],
  }),
  weight: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta({ description: 'Of `interpolate`: the weight of the first stage; ours is the rest.', examples: [0.5] }),
  k: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(60)
    .meta({ description: 'Of `reciprocal_rank`: the larger, the less the first ranks count.', examples: [60] }),
});

export const rerankRequestSchema = z
  .object({
    model: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({
        description:
          'The base model, one of your adapters (`support-tickets`: its newest version), or one version of it (`support-tickets@3`). Absent: the base model.',
        examples: ['smollm2-135m-instruct'],
      }),
    query: z
      .string()
      .max(limits.queryCharactersMax)
      .refine((query) => query.trim().length > 0, 'is empty')
      .refine(isReadableText, unreadableText)
      .meta({
        description: 'What the documents are ordered for. Never truncated.',
        examples: ['When was the Eiffel Tower built?'],
      }),
    documents: z
      .array(rerankDocumentSchema)
      .min(1)
      .max(limits.documentsPerRequestMax)
      .meta({
        description: `The candidates: texts, or objects with \`text\` (or with the fields named in \`rank_fields\`). A document has at most ${limits.documentCharactersMax} characters. An object's \`score\` (a number, from the search that found it) joins a blended score where the model's calibration was fitted with one.`,
        examples: [['The tower was finished in 1889.', 'Paris is the capital of France.']],
      }),
    top_n: z
      .number()
      .int()
      .min(0)
      .optional()
      .meta({
        description: 'How many results to return, best first. Absent, null, 0, or more than there are documents: all.',
        examples: [3],
      }),
    rank_fields: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(50)
      .optional()
      .meta({
        description: 'For documents that are objects: the fields that are scored, in this order. Absent: `text`.',
        examples: [['title', 'body']],
      }),
    return_documents: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether each result carries its document.', examples: [true] }),
    max_tokens_per_doc: z
      .number()
      .int()
      .min(1)
      .max(limits.chunkedTokensPerDocMax)
      .optional()
      .meta({
        description: `Tokens of a document that are scored; longer ones keep their start, and \`meta.warnings\` says which. At most ${limits.maxTokensPerDocMax} in one piece. Absent: ${limits.maxTokensPerDocDefault}, in chunks ${limits.chunkedTokensPerDocDefault}.`,
        examples: [512],
      }),
    max_chunks_per_doc: z
      .number()
      .int()
      .min(1)
      .max(limits.chunksPerDocMax)
      .optional()
      .meta({
        description: `More than 1: documents longer than \`chunk_tokens\` are scored in chunks, at most so many, and the best chunk counts; each result says which it was (\`chunk\`). Absent: 1, or as many as there are where \`chunk_tokens\` or \`chunk_overlap\` is named.`,
        examples: [10],
      }),
    chunk_tokens: z
      .number()
      .int()
      .min(limits.chunkTokensMin)
      .max(limits.maxTokensPerDocMax)
      .optional()
      .meta({
        description: `Tokens of a chunk; documents that have no more are scored in one piece. Naming it asks for chunks. Absent: ${limits.chunkTokensDefault}.`,
        examples: [512],
      }),
    chunk_overlap: z
      .number()
      .int()
      .min(0)
      .max(limits.maxTokensPerDocMax * limits.chunkOverlapShareMax)
      .optional()
      .meta({
        description:
          'Tokens that neighbouring chunks share, at most half of `chunk_tokens`. Naming it asks for chunks. Absent: an eighth of `chunk_tokens`.',
        examples: [64],
      }),
    truncation: z
      .boolean()
      .default(true)
      .meta({
        description: `false: a document longer than \`max_tokens_per_doc\` (then ${limits.maxTokensPerDocMax} unless given, in chunks ${limits.chunkedTokensPerDocMax}) or \`max_chunks_per_doc\` is an error instead of being cut.`,
        examples: [true],
      }),
    scoring: scoringSchema.optional().meta({
      description:
        '`blended`: a probability of relevance, from the likelihood of the query given the document, its likelihood without one, and the words that both share; comparable between queries. `likelihood`: the likelihood alone. Absent: `blended`, or `likelihood` with `raw_scores`.',
      examples: ['blended'],
    }),
    raw_scores: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Whether `relevance_score` is the mean log-likelihood (nats per query token, at most 0) instead of a value in (0, 1); with `scoring: "blended"` named: the log-odds of relevance.',
        examples: [false],
      }),
    fusion: fusionSchema.optional().meta({
      description:
        'How scores of the first stage (`documents[].score`) join ours; a method’s name alone stands for its object with defaults. Absent: they join the blended score where the model’s calibration was fitted with a first stage, and are not used otherwise. With `interpolate` and `reciprocal_rank` the blend itself is made without them, `relevance_score` is the fused score, a number of this request alone, and `unfused_score` ours.',
    }),
    explain: z
      .boolean()
      .default(false)
      .meta({
        description: `Whether the best results carry an \`explanation\`: the first ${limits.explainedResultsMax}, fewer for long queries (${limits.explainedTokensMax} query tokens in all, one result at least). Explaining changes no score, scores these documents once more and is never answered from the cache.`,
        examples: [true],
      }),
    receipt: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Whether the answer carries a signed `receipt`: fingerprints and digests of everything that the scores came from.',
        examples: [false],
      }),
    priority: z
      .number()
      .int()
      .min(limits.priorityMin)
      .max(limits.priorityMax)
      .default(0)
      .meta({
        description:
          'Which of your own requests a busy worker scores first: those of a lower number; equal ones take turns. Give work that can wait a number above 0. It changes no score, and nothing for others.',
        examples: [10],
      }),
    deadline_ms: z
      .number()
      .int()
      .min(1)
      .max(limits.deadlineMsMax)
      .default(limits.deadlineMsDefault)
      .meta({
        description:
          'Milliseconds after which the answer is worth nothing to you; then 504 `deadline_exceeded`, unless `on_deadline` says otherwise.',
        examples: [2_000],
      }),
    on_deadline: shortfallSchema.meta({
      description:
        'What to answer when the deadline passes before all documents are scored. `error`: 504. `partial`: those that are scored, best first; 504 where none is. `original_order`: all documents as they came, each with `relevance_score` 0. `meta.degraded` and the header X-Degraded say so, and which documents were not scored.',
      examples: ['original_order'],
    }),
    on_failure: shortfallSchema.meta({
      description: 'The same where workers fail or are full (429, 503).',
      examples: ['partial'],
    }),
  })
  .meta({ id: 'RerankRequest' });

export type Fusion = z.infer<typeof fusionSchema>;
export type RerankDocument = z.infer<typeof rerankDocumentSchema>;
export type Scoring = z.infer<typeof scoringSchema>;
export type RerankRequest = z.infer<typeof rerankRequestSchema>;
