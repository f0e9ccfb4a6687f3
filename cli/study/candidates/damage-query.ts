import { tokenizeWords } from '#gpu-worker/evaluation/first-stage/tokenize-words.ts';
import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';

/** Draws the words that are left. */
const damageSeed = 0;

/** A share of the words by which BM25 would match `query`, in their order, one at least. The same query loses the same words, and a smaller share is part of a larger one. */
export function damageQuery(queryId: string, query: string, share: number): string {
  if (share === 1) return query;
  const words = tokenizeWords(query, { stemming: false });
  const places = seededOrder([...words.keys()], damageSeed, (place) => `${queryId} ${place}`);
  const left = new Set(places.slice(0, Math.max(1, Math.round(share * words.length))));
  return words.filter((_, place) => left.has(place)).join(' ');
}
