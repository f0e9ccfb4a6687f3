import { z } from 'zod';
import { limits } from '#shared/limits.ts';
import { rerankRequestSchema } from '#shared/protocol/rerank-request.ts';

/** What `POST /v1/score` takes of a rerank's settings, with the same meaning. */
export const pairScoreSettingsSchema = rerankRequestSchema.pick({
  model: true,
  scoring: true,
  raw_scores: true,
  max_tokens_per_doc: true,
  max_chunks_per_doc: true,
  chunk_tokens: true,
  chunk_overlap: true,
  truncation: true,
  priority: true,
  deadline_ms: true,
});

const texts = (description: string, charactersMax: number, examples: readonly [string | string[]]) =>
  z
    .union([
      z.string().min(1).max(charactersMax),
      z.array(z.string().min(1).max(charactersMax)).min(1).max(limits.documentsPerRequestMax),
    ])
    .meta({ description, examples: [...examples] });

const queries = texts(
  `The query, or as many as there are documents, with at most ${limits.scoredQueriesMax} different ones among them.`,
  limits.queryCharactersMax,
  ['When was the Eiffel Tower built?'],
);
const documents = texts(
  'The document or documents: all for the one query, or one for each.',
  limits.documentCharactersMax,
  [['The tower was finished in 1889.', 'Paris is the capital of France.']],
);

/** vLLM's pairs to score, in its two spellings. Documented here; parsed by translation, since one text stands for a list of one. */
export const pairScoreRequestSchema = pairScoreSettingsSchema
  .extend({ text_1: queries, text_2: documents })
  .meta({ id: 'ScoreRequest' });

export const queriesScoreRequestSchema = pairScoreSettingsSchema
  .extend({ queries, documents })
  .meta({ id: 'ScoreQueriesRequest' });
