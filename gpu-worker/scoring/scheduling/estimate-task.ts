import { hash } from 'node:crypto';
import type { ScoringWork } from '#gpu-worker/scoring/batch/scoring-work.ts';
import { estimatedRows } from '#gpu-worker/scoring/scheduling/estimated-rows.ts';
import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';
import type { ChunkTask, QueryTask, ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { limits } from '#shared/limits.ts';

export type TaskEstimate = Pick<PlannedTask, 'prefixKey' | 'prefixRows' | 'suffixRows'>;

/** Bytes of UTF-8 that a token stands for: near enough for any language to plan with. */
const bytesPerToken = 4;

/** Tokens that are split into chunks in the time of one row. */
const splitTokensPerRow = 100;

/** What a task costs and which prefix it needs, from its text alone: tokenising is the threads' work. */
export function estimateTask(work: ScoringWork): TaskEstimate {
  switch (work.kind) {
    case 'score':
      return estimateDocument(work.task);
    case 'chunk':
      return estimateChunk(work.task);
    case 'query':
      return estimateQuery(work.task);
    case 'tokens':
      return { prefixKey: null, prefixRows: 0, suffixRows: work.task.promptIds.length + work.task.targetIds.length };
  }
}

function estimateDocument(task: ScoreTask): TaskEstimate {
  const { document, queries, template, adapterDigest, maxTokensPerDoc = limits.maxTokensPerDocDefault } = task;
  const tokens = Math.min(maxTokensPerDoc, tokensOf(document));
  if (task.chunks !== undefined && tokens > task.chunks.tokens)
    return { prefixKey: null, prefixRows: 0, suffixRows: Math.ceil(tokens / splitTokensPerRow) };
  return {
    prefixKey: hash('sha256', `${template ?? ''}\n${maxTokensPerDoc}\n${document}`, 'base64'),
    prefixRows: estimatedRows.prefix + tokens,
    suffixRows: suffixRowsOf(queries, adapterDigest),
  };
}

function estimateChunk({ documentIds, queries, template, adapterDigest }: ChunkTask): TaskEstimate {
  const digest = hash('sha256', documentIds, 'base64');
  return {
    prefixKey: `${template ?? ''}\n${digest}`,
    prefixRows: estimatedRows.prefix + documentIds.length,
    suffixRows: suffixRowsOf(queries, adapterDigest),
  };
}

function suffixRowsOf(queries: readonly string[], adapterDigest: string | undefined): number {
  const perQuery = estimatedRows.suffix + (adapterDigest === undefined ? 0 : estimatedRows.hints);
  return queries.reduce((sum, query) => sum + tokensOf(query) + perQuery, 0);
}

function estimateQuery({ query }: QueryTask): TaskEstimate {
  return { prefixKey: null, prefixRows: estimatedRows.prefix, suffixRows: tokensOf(query) + estimatedRows.suffix };
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}
