import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damageQuery } from '#cli/study/candidates/damage-query.ts';
import { lengthenDocuments } from '#cli/study/candidates/lengthen-documents.ts';
import { placeRelevant } from '#cli/study/candidates/place-relevant.ts';
import { shareCount, shareOfExamples } from '#cli/study/training/share-of-examples.ts';

describe('a damaged query', () => {
  const query = 'which river flows through the old town of Warsaw';
  const words = (share: number) => damageQuery('q1', query, share).split(' ');

  it('keeps a share of the words that BM25 matches by, in their order, one at least', () => {
    expect(damageQuery('q1', query, 1)).toBe(query);
    const matched = ['which', 'river', 'flows', 'through', 'old', 'town', 'warsaw'];
    expect(words(0.5)).toEqual(matched.filter((word) => words(0.5).includes(word)));
    expect(words(0.5)).toHaveLength(4);
    expect(words(0.01)).toHaveLength(1);
  });

  it('loses more words where the share is smaller, never others', () => {
    expect(words(0.5)).toEqual(expect.arrayContaining(words(0.25)));
  });
});

describe('random candidates', () => {
  const entries = ['a', 'b', 'c', 'd'].map((documentId, index) => ({ documentId, score: 4 - index }));

  it('hold a relevant document, at a place that does not depend on which', () => {
    const places = Array.from({ length: 60 }, (_, n) => {
      const placed = placeRelevant(entries, ['gold'], `q${n}`);
      expect(placed.map(({ score }) => score)).toEqual([4, 3, 2, 1]);
      return placed.findIndex(({ documentId }) => documentId === 'gold');
    });
    expect(new Set(places)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('stay as they are where one is relevant already', () => {
    expect(placeRelevant(entries, ['c', 'gold'], 'q1')).toEqual(entries);
  });
});

describe('long documents', () => {
  const texts = (names: readonly string[]) =>
    new Map(names.map((name) => [name, { title: '', text: `the text of ${name}` }]));
  const documents = texts(['a', 'b']);
  const distractors = texts(['a', 'x', 'y', 'z']);

  it('are the passage among distractors, none of them the passage itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), (passages) => {
        const parts = (id: string) =>
          lengthenDocuments(documents, passages, distractors).get(id)?.text.split('\n') ?? [];
        expect(parts('a')).toHaveLength(passages);
        expect(parts('a').filter((part) => part === 'the text of a')).toHaveLength(1);
        expect(parts('b')).toContain('the text of b');
      }),
    );
  });

  it('take the distractors of the shorter ones and further ones', () => {
    const parts = (passages: number) =>
      lengthenDocuments(documents, passages, distractors).get('b')?.text.split('\n') ?? [];
    expect(parts(4)).toEqual(expect.arrayContaining(parts(2)));
  });

  it('cut every passage to 100 words, one passage alone too', () => {
    const long = new Map([['a', { title: 't', text: Array.from({ length: 140 }, (_, n) => `w${n}`).join(' ') }]]);
    expect(lengthenDocuments(long, 1, distractors).get('a')?.text.split(' ')).toHaveLength(100);
  });
});

describe('a share of the training queries', () => {
  const examples = Array.from({ length: 40 }, (_, n) => ({
    queryId: `q${n}`,
    query: '',
    positives: [],
    hardNegatives: [],
    candidates: [],
  }));

  it('is part of every larger share, in the order of the data', () => {
    const shares = [0.1, 0.25, 0.5, 1].map((share) => shareOfExamples(examples, share));
    expect(shares.map((share) => share.length)).toEqual([4, 10, 20, 40]);
    for (const [index, share] of shares.entries()) {
      expect(share).toEqual(examples.filter((example) => share.includes(example)));
      for (const larger of shares.slice(index)) expect(larger).toEqual(expect.arrayContaining(share));
    }
  });

  it('is one query at least', () => {
    expect(shareCount(4, 0.1)).toBe(1);
  });
});
