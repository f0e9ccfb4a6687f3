import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededGenerator } from '#gpu-worker/evaluation/seeded-generator.ts';
import type { RunEntry } from '#gpu-worker/evaluation/trec-run.ts';

/**
 * `depth` different documents of the corpus drawn for one query, all with other scores: `depth` down to 1. Depends on the seed, the query's id and the
 * corpus; the first stage that nothing is worse than.
 */
export function drawRandomDocuments(
  documentIds: readonly string[],
  queryId: string,
  depth: number,
  seed: number,
): RunEntry[] {
  const random = seededGenerator('random first stage', seed, queryId);
  const count = Math.min(depth, documentIds.length);
  const drawn = new Set<string>();
  // Floyd's sampling: `count` draws, however large the corpus is. Its order is not random, which the shuffle below mends.
  for (let last = documentIds.length - count; last < documentIds.length; last++) {
    const candidate = documentIds[uniformInt(random, 0, last)] ?? '';
    drawn.add(drawn.has(candidate) ? (documentIds[last] ?? '') : candidate);
  }
  const order = [...drawn];
  for (let index = order.length - 1; index > 0; index--) {
    const partner = uniformInt(random, 0, index);
    [order[index], order[partner]] = [order[partner] ?? '', order[index] ?? ''];
  }
  return order.map((documentId, index) => ({ documentId, score: order.length - index }));
}
