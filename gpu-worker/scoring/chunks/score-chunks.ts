import type { ChunkToScore } from '#gpu-worker/scoring/chunks/chunk-task.ts';
import type { ChunkGroup, DocumentSplit } from '#gpu-worker/scoring/chunks/document-split.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';

/**
 * Scores every chunk as a task of its own, so that they spread over the threads, and gives each query's best one: the highest mean log-likelihood, of
 * equal ones the first. When one fails, the others are dropped, and what was thrown is thrown once all have ended.
 */
export async function scoreChunks(
  split: DocumentSplit,
  caller: AbortSignal | undefined,
  score: (chunk: ChunkToScore, signal: AbortSignal) => Promise<PairScore[]>,
): Promise<PairScore[]> {
  const failed = new AbortController();
  const signal = caller === undefined ? failed.signal : AbortSignal.any([caller, failed.signal]);
  const groups = split.map(({ queries, chunks }) =>
    chunks.map(({ ids, tokens }) => score({ ids, firstToken: tokens.start, queries }, signal)),
  );
  try {
    const scores = await Promise.all(groups.map((chunks) => Promise.all(chunks)));
    const best = split.flatMap((group, index) => bestOfGroup(group, scores[index] ?? []));
    return best.toSorted((one, other) => one.query - other.query).map(({ pair }) => pair);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(groups.flat());
    throw error;
  }
}

/** `scores` — of each chunk, one a query of the group. */
function bestOfGroup({ queries, chunks, truncated }: ChunkGroup, scores: readonly PairScore[][]) {
  return queries.map((query, position) => {
    const own = scores.flatMap((chunk) => chunk[position] ?? []);
    const index = own.reduce((best, { meanLogLikelihood }, next) => {
      const highest = own[best]?.meanLogLikelihood ?? Number.NEGATIVE_INFINITY;
      return meanLogLikelihood > highest ? next : best;
    }, 0);
    const [winner, chunk] = [own[index], chunks[index]];
    if (winner === undefined || chunk === undefined || own.length !== chunks.length)
      throw new Error(`${own.length} scores for the ${chunks.length} chunks of a document`);
    const { tokens, characters, lexicalMatches } = chunk;
    const pair: PairScore = {
      ...winner,
      documentTokens: own.reduce((sum, { documentTokens }) => sum + documentTokens, 0),
      truncated: truncated || own.some((one) => one.truncated),
      lexicalMatch: lexicalMatches[position] ?? 0,
      chunk: { index, count: chunks.length, tokens, characters },
    };
    return { query, pair };
  });
}
