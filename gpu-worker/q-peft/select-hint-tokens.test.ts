import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawHintTokens } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import {
  allowedHintTokens,
  rankDocumentTokens,
  selectHintTokens,
  type TokenFilters,
} from '#gpu-worker/q-peft/select-hint-tokens.ts';

/** Few different ids, so that ids repeat and occur in query and document alike. Ids 0 and 1 are special, 2 and 3 stop words, 4 and 5 without a letter. */
const id = fc.nat(15);
const filters = fc.constantFrom('none', 'd', 'q', 's', 'a', 'dq', 'ds', 'dqsa', 'qa');
const tokensWith = (letters: string): TokenFilters => ({
  filters: letters,
  specialIds: new Set([0, 1]),
  isStopWord: (token) => token === 2 || token === 3,
  hasLetter: (token) => token !== 4 && token !== 5,
});

/** Cosines on a coarse grid, so that ties are common. */
const pair = fc
  .record({
    query: fc.array(id, { minLength: 1, maxLength: 6 }),
    document: fc.array(id, { minLength: 1, maxLength: 12 }),
    k: fc.integer({ min: 1, max: 8 }),
    letters: filters,
  })
  .chain((fields) => {
    const cells = fields.query.length * fields.document.length;
    const cosines = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: cells, maxLength: cells });
    return cosines.map((grid) => ({ ...fields, cosines: Float64Array.from(grid, (step) => step / 4) }));
  });

type Pair = typeof pair extends fc.Arbitrary<infer Value> ? Value : never;
const select = ({ cosines, query, document, k, letters }: Pair) =>
  selectHintTokens(cosines, query, document, k, tokensWith(letters));
const allowedOf = ({ query, document, letters }: Pair) => allowedHintTokens(document, query, tokensWith(letters));
const lawful = (law: (one: Pair) => void) =>
  fc.assert(
    fc.property(pair, (one) => {
      law(one);
    }),
    { numRuns: 500 },
  );

describe('selecting hint tokens', () => {
  it('takes tokens of the document only', () => {
    lawful((one) => expect(one.document).toEqual(expect.arrayContaining(select(one))));
  });

  it('takes exactly k whenever the filters leave anything, and at most k otherwise', () => {
    lawful((one) => {
      const left = allowedOf(one).length > 0;
      const unfiltered = Math.min(one.k, one.query.length * one.document.length);
      expect(select(one)).toHaveLength(left ? one.k : unfiltered);
    });
  });

  it('takes what the filters allow, unless they leave nothing', () => {
    lawful((one) => {
      const allowed = allowedOf(one);
      if (allowed.length > 0) expect(allowed).toEqual(expect.arrayContaining(select(one)));
    });
  });

  it('never takes a special token, unless nothing else is left', () => {
    lawful((one) => {
      const selected = select(one);
      if (selected.some((token) => token <= 1)) expect(allowedOf(one)).toEqual([]);
    });
  });

  it('repeats no id under filter d while there are k different ones', () => {
    lawful((one) => {
      const selected = select({ ...one, letters: 'd' });
      const different = new Set(one.document.filter((token) => token > 1)).size;
      if (different >= one.k) expect(new Set(selected).size).toBe(one.k);
    });
  });

  it('takes no id of the query under filter q while the document has another', () => {
    lawful((one) => {
      const others = one.document.filter((token) => token > 1 && !one.query.includes(token));
      if (others.length > 0) expect(others).toEqual(expect.arrayContaining(select({ ...one, letters: 'q' })));
    });
  });

  it('depends on nothing but the pair: the same pair draws the same hints', () => {
    lawful((one) => expect(select(one)).toEqual(select(structuredClone(one))));
  });

  it('ignores noise below a millionth in the cosines', () => {
    lawful((one) => {
      const noisy = one.cosines.map((cosine, cell) => cosine + (cell % 2 === 0 ? 4e-8 : -4e-8));
      expect(select({ ...one, cosines: noisy })).toEqual(select(one));
    });
  });

  it('selects nothing from an empty document', () => {
    expect(selectHintTokens(new Float64Array(0), [6, 7], [], 3, tokensWith('d'))).toEqual([]);
  });
});

describe('the order of the hints', () => {
  const orders = ['similarity', 'query', 'document'] as const;

  it('never changes which tokens are selected', () => {
    lawful((one) => {
      const [similarity = [], ...others] = orders.map((order) =>
        selectHintTokens(one.cosines, one.query, one.document, one.k, { ...tokensWith(one.letters), order }).sort(),
      );
      for (const other of others) expect(other).toEqual(similarity);
    });
  });

  it('is by similarity, or by the place in the query or the document where the similarity was found', () => {
    // Rows are query tokens 20 and 21, columns document tokens 6, 7 and 8: the best cells are (1, 2), (0, 1), (1, 0).
    const cosines = Float64Array.of(0.1, 0.8, 0.2, 0.7, 0.3, 0.9);
    const selected = orders.map((order) =>
      selectHintTokens(cosines, [20, 21], [6, 7, 8], 3, { ...tokensWith('d'), order }),
    );
    expect(selected).toEqual([
      [8, 7, 6],
      [7, 8, 6],
      [6, 7, 8],
    ]);
    expect(selectHintTokens(cosines, [20, 21], [6, 7, 8], 3, tokensWith('d'))).toEqual([8, 7, 6]);
  });
});

describe('random hints', () => {
  it('are k tokens of the document, the same for the same pair and others for another query', () => {
    const document = [6, 7, 8, 9, 10, 11];
    const drawn = drawHintTokens([20], document, 12);
    expect(drawn).toHaveLength(12);
    expect(document).toEqual(expect.arrayContaining(drawn));
    expect(drawHintTokens([20], document, 12)).toEqual(drawn);
    expect(drawHintTokens([21], document, 12)).not.toEqual(drawn);
  });
});

describe('ranking cells', () => {
  it('goes by cosine, and between equals by the query’s order, then the document’s', () => {
    lawful(({ cosines, document }) => {
      const cells = Array.from(cosines, (cosine, cell) => ({ cosine, cell }));
      const ranked = cells.toSorted((a, b) => b.cosine - a.cosine || a.cell - b.cell);
      expect(rankDocumentTokens(cosines, document)).toEqual(ranked.map(({ cell }) => document[cell % document.length]));
    });
  });

  it('looks at the 1,000 best cells only', () => {
    const document = Array.from({ length: 600 }, (_, n) => n);
    const cosines = Float64Array.from({ length: 1_200 }, (_, cell) => 1 - cell / 2_000);
    const ranked = rankDocumentTokens(cosines, document);
    expect(ranked).toHaveLength(1_000);
    expect(ranked.slice(-2)).toEqual([398, 399]);
  });
});

describe('filters', () => {
  const ranked = [6, 0, 7, 6, 2, 4, 8];
  it.each([
    ['none', [6, 7, 6, 2, 4, 8]],
    ['d', [6, 7, 2, 4, 8]],
    ['q', [6, 6, 2, 4, 8]],
    ['s', [6, 7, 6, 4, 8]],
    ['a', [6, 7, 6, 2, 8]],
    ['dqsa', [6, 8]],
  ])('%s', (letters, left) => {
    expect(allowedHintTokens(ranked, [7, 9], tokensWith(letters))).toEqual(left);
  });

  it('leave too few: k draws with replacement from what is left, others for another pair', () => {
    const draw = (query: readonly number[]) =>
      selectHintTokens(new Float64Array(query.length * 3), query, [6, 7, 0], 12, tokensWith('d'));
    expect(new Set(draw([9]))).toEqual(new Set([6, 7]));
    expect(draw([9])).toHaveLength(12);
    expect(draw([9])).toEqual(draw([9]));
    expect(draw([9])).not.toEqual(draw([10]));
  });

  it('leave nothing: the unfiltered list, best first', () => {
    const cosines = Float64Array.of(0.1, 0.3, 0.2);
    expect(selectHintTokens(cosines, [9], [0, 1, 0], 2, tokensWith('d'))).toEqual([1, 0]);
  });
});
