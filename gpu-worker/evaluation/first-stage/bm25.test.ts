import { describe, expect, it } from 'vitest';
import { bm25Defaults } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import { buildBm25Index } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { searchBm25 } from '#gpu-worker/evaluation/first-stage/search-bm25.ts';
import { tokenizeWords } from '#gpu-worker/evaluation/first-stage/tokenize-words.ts';

const documents = [
  { documentId: 'rhine', title: 'Rhine', text: 'The Rhine flows into Lake Constance' },
  { documentId: 'alps', title: '', text: 'Rivers of the Alps: the Rhine, the Rhone' },
  { documentId: 'empty', title: '', text: '' },
  { documentId: 'sea', title: '', text: 'A sea' },
];
const index = await buildBm25Index(documents, bm25Defaults);

describe('BM25', () => {
  it('has the score worked out by hand from the formula', () => {
    // Lengths 5 ("rhine rhine flows lake constance"), 4, 0 and 1: on average 2.5. "rhine" is in 2 of 4 documents, twice in the first.
    const idf = Math.log(1 + (4 - 2 + 0.5) / (2 + 0.5));
    const [first, second] = searchBm25(index, 'Where is the RHINE?', 10);
    expect(first?.documentId).toBe('rhine');
    expect(first?.score).toBeCloseTo((idf * 2) / (2 + 0.9 * (0.6 + 0.4 * (5 / 2.5))), 12);
    expect(second?.documentId).toBe('alps');
    expect(second?.score).toBeCloseTo((idf * 1) / (1 + 0.9 * (0.6 + 0.4 * (4 / 2.5))), 12);
  });

  it('counts a word of the query as often as it stands there', () => {
    const [once] = searchBm25(index, 'rhine', 1);
    const [twice] = searchBm25(index, 'rhine Rhine', 1);
    expect(twice?.score).toBeCloseTo(2 * (once?.score ?? 0), 12);
  });

  it('gives back only documents that share a word with the query, at most as many as asked for', () => {
    expect(searchBm25(index, 'the of a', 10)).toEqual([]);
    expect(searchBm25(index, 'glacier', 10)).toEqual([]);
    expect(searchBm25(index, 'rhine sea', 10).map((entry) => entry.documentId)).toEqual(['sea', 'rhine', 'alps']);
    expect(searchBm25(index, 'rhine sea', 1)).toHaveLength(1);
  });

  it('finds other forms of a word with the stemmer alone', async () => {
    const stemmed = await buildBm25Index(documents, { ...bm25Defaults, stemming: true });
    expect(searchBm25(stemmed, 'river flowing', 10).map((entry) => entry.documentId)).toEqual(['alps', 'rhine']);
    expect(searchBm25(index, 'river flowing', 10)).toEqual([]);
  });

  it('searches an empty corpus and one of empty documents', async () => {
    expect(searchBm25(await buildBm25Index([], bm25Defaults), 'rhine', 10)).toEqual([]);
    const blank = await buildBm25Index([{ documentId: 'd', title: '', text: ' ' }], bm25Defaults);
    expect(searchBm25(blank, 'rhine', 10)).toEqual([]);
  });
});

describe('tokenizeWords', () => {
  it('keeps letters of any script, digits and underscores, in lower case, two or more together', () => {
    expect(tokenizeWords("The C-3 Zürich's río हिन्दी x_1 第一章", { stemming: false })).toEqual([
      'zürich',
      'río',
      'हिन्दी',
      'x_1',
      '第一章',
    ]);
  });
});
