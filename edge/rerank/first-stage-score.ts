import type { RerankDocument } from '#shared/protocol/rerank-request.ts';

/** No first stage scores like this; keeps log-odds finite. */
const magnitudeMax = 1e9;

/** The score that an object document brings along from the search that found it; undefined where it has none, or something else under that name. */
export function firstStageScore(document: RerankDocument | undefined): number | undefined {
  if (typeof document !== 'object') return undefined;
  const score = document['score'];
  return typeof score === 'number' && Math.abs(score) <= magnitudeMax ? score : undefined;
}
