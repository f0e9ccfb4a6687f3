import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankWorkers } from '#edge/gpu-workers/rank-workers.ts';

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const workers = fc.uniqueArray(
  fc.nat(999).map((id) => `https://worker-${id}.example`),
  { minLength: 1, maxLength: 12 },
);

describe('rankWorkers', () => {
  it('ranks every worker once, whatever order they are configured in', () => {
    fc.assert(
      fc.property(workers, digest, (list, bytes) => {
        const ranked = rankWorkers(list, bytes);
        expect([...ranked].sort()).toEqual([...list].sort());
        expect(rankWorkers([...list].reverse(), bytes)).toEqual(ranked);
      }),
    );
  });

  it('moves only the documents of a worker that goes, each to its second choice', () => {
    fc.assert(
      fc.property(workers, digest, fc.nat(11), (list, bytes, place) => {
        const gone = list[place % list.length];
        const expected = rankWorkers(list, bytes).filter((worker) => worker !== gone);
        expect(
          rankWorkers(
            list.filter((worker) => worker !== gone),
            bytes,
          ),
        ).toEqual(expected);
      }),
    );
  });

  it('spreads documents evenly', async () => {
    const list = ['http://a', 'http://b', 'http://c', 'http://d'];
    const counts = new Map<string, number>();
    for (let document = 0; document < 4000; document += 1) {
      const bytes = new Uint8Array(
        await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`document ${document}`)),
      );
      const [best = ''] = rankWorkers(list, bytes);
      counts.set(best, (counts.get(best) ?? 0) + 1);
    }
    // 4 binomial counts of mean 1,000 and deviation 27; the documents are fixed, so this cannot flicker.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(100);
    expect(counts.size).toBe(4);
  });
});
