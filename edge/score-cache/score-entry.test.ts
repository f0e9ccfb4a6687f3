import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEntries, readEntry, type ScoreEntry, sizeOfEntry, writeEntry } from '#edge/score-cache/score-entry.ts';

const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
const score = fc.record(
  {
    mean_log_likelihood: double,
    document_tokens: fc.nat(10_000),
    lexical_match: double,
    truncated: fc.boolean(),
  },
  { requiredKeys: ['mean_log_likelihood', 'document_tokens', 'truncated'], noNullPrototype: true },
);
const constants = fc.record(
  {
    intercept: fc.double({ min: -10, max: 10, noNaN: true }).filter((value) => !Object.is(value, -0)),
    meanLogLikelihood: fc.constant(1),
    queryLogLikelihood: fc.constant(-1),
    lexicalMatch: fc.constant(2),
  },
  { noNullPrototype: true },
);
const features = fc.record(
  { query_log_likelihood: double, calibration: fc.record({ constants }, { noNullPrototype: true }) },
  { requiredKeys: [], noNullPrototype: true },
);
const digest = fc.base64String({ minLength: 44, maxLength: 44 });
const entry: fc.Arbitrary<ScoreEntry> = fc
  .record(
    { queryTokens: fc.nat(500), features, scores: fc.array(fc.tuple(digest, score), { maxLength: 20 }) },
    { requiredKeys: ['queryTokens', 'scores'] },
  )
  .map(({ scores, ...rest }) => ({ ...rest, scores: new Map(scores) }));

const plain = (count: number, from = 0): ScoreEntry => ({
  queryTokens: 3,
  scores: new Map(
    Array.from({ length: count }, (_, index) => [
      `document ${from + index}`,
      { mean_log_likelihood: -1, document_tokens: 5, truncated: false },
    ]),
  ),
});

describe('an entry as text', () => {
  it('comes back bit for bit', () => {
    fc.assert(
      fc.property(entry, (written) => {
        expect(readEntry(writeEntry(written))).toStrictEqual(written);
      }),
    );
  });

  it.each(['', '{', '[]', '{"queryTokens": 3}', '{"queryTokens": 3, "scores": {"d": {"mean_log_likelihood": null}}}'])(
    'is none where it is %j',
    (text) => {
      expect(readEntry(text)).toBeUndefined();
    },
  );
});

describe('mergeEntries', () => {
  it('has every document of both, and the newer score of one that both have', () => {
    fc.assert(
      fc.property(entry, entry, (known, fresh) => {
        const merged = mergeEntries(known, fresh);
        expect([...merged.scores.keys()].sort()).toEqual(
          [...new Set([...known.scores.keys(), ...fresh.scores.keys()])].sort(),
        );
        for (const [name, kept] of merged.scores) expect(kept).toBe(fresh.scores.get(name) ?? known.scores.get(name));
        expect(merged.features).toEqual(fresh.features ?? known.features);
      }),
    );
  });

  it('lets the oldest documents go where there are too many', () => {
    const merged = mergeEntries(plain(19_500), plain(1_000, 19_000));
    expect(merged.scores.size).toBe(20_000);
    expect(merged.scores.has('document 19999')).toBe(true);
    const over = mergeEntries(merged, plain(1, 99_999));
    expect([over.scores.size, over.scores.has('document 0'), over.scores.has('document 99999')]).toEqual([
      20_000,
      false,
      true,
    ]);
  });
});

describe('sizeOfEntry', () => {
  it('grows with each document', () => {
    expect(sizeOfEntry(plain(11)) - sizeOfEntry(plain(10))).toBe(320);
  });

  it('counts the places of best chunks', () => {
    const range = { start: 0, end: 9 };
    const chunk = { index: 0, count: 2, tokens: range, characters: range };
    const [[name = '', score] = []] = plain(1).scores;
    if (score === undefined) throw new Error('the entry is empty');
    const chunked = { ...plain(1), scores: new Map([[name, { ...score, chunk }]]) };
    expect(sizeOfEntry(chunked) - sizeOfEntry(plain(1))).toBe(240);
  });
});
