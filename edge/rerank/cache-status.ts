import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';

/** The X-Cache header: whether all, some or none of the documents' scores were kept from earlier requests. */
export function cacheStatus({ fromCache }: Pick<RerankOutcome, 'fromCache'>): 'HIT' | 'PARTIAL' | 'MISS' {
  if (fromCache.every((cached) => cached)) return 'HIT';
  return fromCache.some((cached) => cached) ? 'PARTIAL' : 'MISS';
}
