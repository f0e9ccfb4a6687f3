import { describe, expect, it } from 'vitest';
import { type RankableScore, rankDocuments } from '#cli/output/rank-documents.ts';
import { renderRanking } from '#cli/output/render-ranking.ts';

const scored = (orderScore: number): RankableScore => ({
  pair: {
    meanLogLikelihood: orderScore,
    targetIds: [],
    targetLogLikelihoods: new Float32Array(),
    documentTokens: 1,
    truncated: false,
  },
  orderScore,
  relevanceScore: Math.exp(orderScore),
});
const document = (id: string, text: string) => ({ id, title: null, text });

describe('a ranking', () => {
  it('is ordered by score, and equal scores keep the order of the input', () => {
    const documents = ['a', 'b', 'c', 'd'];
    const ranking = rankDocuments(documents, [-2, -1, -2, -1.5].map(scored));
    expect(ranking.map((entry) => entry.document)).toEqual(['b', 'd', 'a', 'c']);
    expect(ranking.map((entry) => entry.index)).toEqual([1, 3, 0, 2]);
  });

  it('fits the width of the terminal, one line a document', () => {
    const documents = [document('long-id'.repeat(20), 'word '.repeat(500)), document('2', 'two\nlines\tof text')];
    const lines = renderRanking(rankDocuments(documents, [-1, -2].map(scored)), 80)
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
    expect(lines[2]).toContain('two lines of text');
  });

  it('lets no document send control sequences to the terminal', () => {
    const text = renderRanking(
      rankDocuments([document('\u001b[31mid', '\u001b]0;title\u0007\u001b[2Jtext\r\u009b1m')], [scored(-1)]),
      100,
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).toContain('text');
  });
});
