import type { LoadTexts } from '#test/bench/load/load-texts.ts';
import type { ScoreCall } from '#test/bench/load/worker-client.ts';

/** Documents that come again and again; their prefixes are kept. */
const familiarDocuments = 64;
const tenants = 4;

export interface Requests {
  /** Scored once before anything is measured. */
  readonly warmUp: ScoreCall;
  /** Half of its documents are familiar, the others were never seen. */
  readonly next: () => ScoreCall;
}

/** Requests of one size, all with as much to compute. */
export function createRequests(texts: LoadTexts, documents: number): Requests {
  const familiar = texts.unseen(familiarDocuments);
  const known = documents >> 1;
  let made = 0;
  return {
    warmUp: { tenant: 'tenant-0', query: texts.query(0), documents: familiar },
    next: () => {
      made += 1;
      const kept = Array.from(
        { length: known },
        (_, index) => familiar[(made * known + index) % familiar.length] ?? '',
      );
      const all = [...kept, ...texts.unseen(documents - known)];
      return { tenant: `tenant-${made % tenants}`, query: texts.query(made), documents: all };
    },
  };
}
