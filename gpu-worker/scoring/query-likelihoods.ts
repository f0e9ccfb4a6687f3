import { LRUCache } from 'lru-cache';
import type { PairScore, QueryTask } from '#gpu-worker/scoring/scoring-engine.ts';

/** What is known of a query without a document. */
export type QueryLikelihood = Pick<PairScore, 'meanLogLikelihood' | 'targetLogLikelihoods'>;

/** Characters of queries that are remembered in all: about 15 MB with a float for each token, some 50,000 queries of usual length. */
const charactersMax = 4_000_000;

/** Queries' own log-likelihoods, by (template, query): shards, retries and pages of results ask for the same one. */
export class QueryLikelihoods {
  readonly #values = new LRUCache<string, QueryLikelihood>({
    maxSize: charactersMax,
    sizeCalculation: (_value, key) => key.length,
  });

  /** The remembered value, or that of `compute`, which is remembered if it succeeds. One that fails or is cancelled stops nobody else. */
  async get({ query, template }: QueryTask, compute: () => Promise<QueryLikelihood>): Promise<QueryLikelihood> {
    const key = `${template}\n${query}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = await compute();
    this.#values.set(key, value);
    return value;
  }
}
