import { seededRandom } from '#gpu-worker/training/seeded-random.ts';
import type { LoadTexts } from '#test/bench/load/load-texts.ts';

/** What a caller of the soak asks for, and how it behaves. */
export interface SoakRequest {
  readonly tenant: string;
  readonly query: string;
  readonly documents: readonly string[];
  /** Index of an adapter; null: the base model. */
  readonly adapter: number | null;
  readonly maxTokensPerDoc: number;
  /** Milliseconds after which the caller leaves; null: it stays. */
  readonly leavesAfterMs: number | null;
  /** Milliseconds after which the answer is too late; null: never. */
  readonly deadlineMs: number | null;
  /** The document of which the score is kept, to be asked for alone later; null: none. */
  readonly sampled: number | null;
}

export interface DrawOptions {
  readonly seed: number;
  readonly texts: LoadTexts;
  /** Documents that come again and again. */
  readonly familiar: readonly string[];
  readonly adapters: number;
  readonly documentsMax: number;
  /** Of leaving and of deadlines, at most. */
  readonly patienceMs: number;
  /** One of so many requests is sampled. */
  readonly sampleEvery: number;
}

const tenants = 5;
const queryCharactersMax = 60;

/** Request `index`: depends on the seed and the index alone, but for the numbers of documents that nobody has seen. */
export function drawRequest(index: number, options: DrawOptions): SoakRequest {
  const { seed, texts, familiar, adapters, documentsMax, patienceMs, sampleEvery } = options;
  const random = seededRandom(seed, 'soak', index);
  const oneIn = (count: number) => random.integer(count) === 0;
  // Many small requests and a few large ones.
  const count = 1 + Math.floor(documentsMax * random.uniform() ** 3 * 0.999);
  const document = () => {
    if (random.uniform() < 0.5) return familiar[random.integer(familiar.length)] ?? '';
    const [text = ''] = texts.unseen(1);
    return text.slice(0, 20 + random.integer(text.length));
  };
  return {
    tenant: `tenant-${random.integer(tenants)}`,
    query: texts.query(random.integer(1_000)).slice(0, queryCharactersMax),
    documents: Array.from({ length: count }, document),
    adapter: oneIn(3) ? null : random.integer(adapters),
    maxTokensPerDoc: oneIn(4) ? 20 + random.integer(80) : 512,
    leavesAfterMs: oneIn(6) ? random.integer(patienceMs) : null,
    deadlineMs: oneIn(6) ? random.integer(patienceMs) : null,
    sampled: oneIn(sampleEvery) ? random.integer(count) : null,
  };
}
