import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earnHedges, fullHedgeBudget, spendHedge } from '#edge/gpu-workers/hedge-budget.ts';

describe('a hedge budget', () => {
  it('lets a tenth of all documents be scored twice, beside what was saved up, and never more', () => {
    const event = fc.record({ documents: fc.integer({ min: 1, max: 1_000 }), hedged: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), (events) => {
        let budget = fullHedgeBudget;
        let [called, hedged] = [0, 0];
        for (const { documents, hedged: wanted } of events) {
          budget = earnHedges(budget, documents);
          called += documents;
          const left = wanted ? spendHedge(budget, documents) : undefined;
          if (left === undefined) continue;
          budget = left;
          hedged += documents;
        }
        expect(hedged).toBeLessThanOrEqual(fullHedgeBudget.documents + called * 0.1 + 1e-6);
      }),
    );
  });

  it('refuses what it cannot pay', () => {
    expect(spendHedge({ documents: 5 }, 6)).toBeUndefined();
    expect(spendHedge({ documents: 5 }, 5)).toEqual({ documents: 0 });
  });
});
