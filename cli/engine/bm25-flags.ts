import type { ArgsDef } from 'citty';
import { parseNumber } from '#cli/command-line/parse-values.ts';
import { type Bm25Parameters, bm25Defaults } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';

/** The flags of commands that search with BM25. */
export const bm25Flags = {
  'bm25-k1': {
    type: 'string',
    default: String(bm25Defaults.k1),
    valueHint: 'K1',
    description: 'How fast repeated words stop counting.',
  },
  'bm25-b': {
    type: 'string',
    default: String(bm25Defaults.b),
    valueHint: 'B',
    description: 'How much long documents are held back, 0 to 1.',
  },
  'bm25-stemming': { type: 'boolean', description: "Porter's stemmer for BM25." },
} as const satisfies ArgsDef;

export interface Bm25Arguments {
  readonly 'bm25-k1': string;
  readonly 'bm25-b': string;
  readonly 'bm25-stemming'?: boolean | undefined;
}

/** @throws UsageError naming the flag, the value and the limit */
export function parseBm25Flags(args: Bm25Arguments): Bm25Parameters {
  return {
    k1: parseNumber('bm25-k1', args['bm25-k1'], 0, 100),
    b: parseNumber('bm25-b', args['bm25-b'], 0, 1),
    stemming: args['bm25-stemming'] === true,
  };
}
