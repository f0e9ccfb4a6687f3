import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededGenerator } from '#gpu-worker/evaluation/seeded-generator.ts';
import type { RunEntry } from '#gpu-worker/evaluation/trec-run.ts';

/**
 * Random candidates as they are when one of them happens to be relevant: where none is, one of `relevantIds` takes a random place (and its score).
 * For queries with one relevant document this is how random candidates are distributed among the queries that the paper's protocol keeps.
 */
export function placeRelevant(
  entries: readonly RunEntry[],
  relevantIds: readonly string[],
  queryId: string,
): RunEntry[] {
  if (entries.length === 0 || entries.some(({ documentId }) => relevantIds.includes(documentId))) return [...entries];
  const random = seededGenerator('place of the relevant document', queryId);
  const place = uniformInt(random, 0, entries.length - 1);
  const documentId = relevantIds[uniformInt(random, 0, Math.max(0, relevantIds.length - 1))];
  return entries.map((entry, index) =>
    index === place && documentId !== undefined ? { ...entry, documentId } : entry,
  );
}
