import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BorderStrength, planChunks } from '#gpu-worker/scoring/chunks/plan-chunks.ts';

const settings = fc
  .record({ tokens: fc.integer({ min: 64, max: 600 }), share: fc.integer({ min: 0, max: 50 }) })
  .map(({ tokens, share }) => ({ tokens, overlap: Math.floor((tokens * share) / 100) }));
const counts = fc.integer({ min: 1, max: 5_000 });

/** Borders as of text: sentences and words here and there, characters of up to four tokens. */
const borders = fc.infiniteStream(fc.constantFrom<BorderStrength>(0, 1, 1, 1, 2, 2, 3)).map((stream) => {
  const known: BorderStrength[] = [3];
  return (position: number): BorderStrength => {
    while (known.length <= position) {
      const { value } = stream.next();
      const inCharacter = known.slice(-3).every((strength) => strength === 0);
      known.push(value === 0 && inCharacter ? 1 : (value ?? 1));
    }
    return known[position] ?? 1;
  };
});
const anywhere = (): BorderStrength => 1;
const slackOf = ({ tokens, overlap }: { tokens: number; overlap: number }) =>
  Math.min(64, Math.floor((tokens - overlap) / 8));

describe('planChunks', () => {
  it('covers every token from the first to the last, in order', () => {
    fc.assert(
      fc.property(counts, settings, borders, (count, wanted, strengthAt) => {
        const chunks = planChunks(count, wanted, strengthAt);
        expect([chunks[0]?.start, chunks.at(-1)?.end]).toEqual([0, count]);
        for (const [index, chunk] of chunks.slice(1).entries()) {
          const before = chunks[index];
          expect(chunk.start).toBeGreaterThan(before?.start ?? count);
          expect(chunk.start).toBeLessThanOrEqual(before?.end ?? 0);
          expect(chunk.end).toBeGreaterThan(before?.end ?? count);
        }
      }),
    );
  });

  it('makes no chunk longer than allowed, and none shorter than a quarter of that', () => {
    fc.assert(
      fc.property(counts, settings, borders, (count, wanted, strengthAt) => {
        const lengths = planChunks(count, wanted, strengthAt).map(({ start, end }) => end - start);
        for (const length of lengths) {
          expect(length).toBeLessThanOrEqual(wanted.tokens);
          if (lengths.length > 1) expect(length).toBeGreaterThanOrEqual(wanted.tokens / 4);
        }
      }),
    );
  });

  it('shares the stated overlap at least, and no more than the search for a border adds', () => {
    fc.assert(
      fc.property(counts, settings, borders, (count, wanted, strengthAt) => {
        const chunks = planChunks(count, wanted, strengthAt);
        for (const [index, { start }] of chunks.slice(1).entries()) {
          const shared = (chunks[index]?.end ?? 0) - start;
          expect(shared).toBeGreaterThanOrEqual(wanted.overlap);
          expect(shared).toBeLessThanOrEqual(wanted.overlap === 0 ? 0 : wanted.overlap + slackOf(wanted));
        }
      }),
    );
  });

  it('shares exactly the stated overlap where every token is as good a border, in as few chunks as there can be', () => {
    fc.assert(
      fc.property(counts, settings, (count, wanted) => {
        const chunks = planChunks(count, wanted, anywhere);
        for (const [index, { start }] of chunks.slice(1).entries())
          expect((chunks[index]?.end ?? 0) - start).toBe(wanted.overlap);
        const fewest = Math.max(1, Math.ceil((count - wanted.overlap) / (wanted.tokens - wanted.overlap)));
        expect(chunks).toHaveLength(fewest);
        const lengths = chunks.map(({ start, end }) => end - start);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(chunks.length);
      }),
    );
  });

  it('cuts nowhere within a character', () => {
    fc.assert(
      fc.property(counts, settings, borders, (count, wanted, strengthAt) => {
        const chunks = planChunks(count, wanted, strengthAt);
        for (const { start } of chunks) expect(strengthAt(start)).toBeGreaterThan(0);
        for (const { end } of chunks.slice(0, -1)) expect(strengthAt(end)).toBeGreaterThan(0);
      }),
    );
  });

  it('costs a number of tokens linear in the length: at most one overlap and a search more for each chunk', () => {
    fc.assert(
      fc.property(counts, settings, borders, (count, wanted, strengthAt) => {
        const chunks = planChunks(count, wanted, strengthAt);
        const cost = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
        expect(cost).toBeLessThanOrEqual(count + (chunks.length - 1) * (wanted.overlap + slackOf(wanted)));
        expect(chunks.length).toBeLessThanOrEqual(1 + (4 * count) / (wanted.tokens - wanted.overlap));
      }),
    );
  });

  it('cuts where a sentence begins rather than where a word does, and there rather than within one', () => {
    const sentenceAt = (strengths: Readonly<Record<number, BorderStrength>>) =>
      planChunks(150, { tokens: 100, overlap: 0 }, (position) => strengths[position] ?? 1)[0]?.end;
    expect(sentenceAt({})).toBe(75);
    expect(sentenceAt({ 73: 2, 79: 2 })).toBe(73);
    expect(sentenceAt({ 73: 2, 84: 3 })).toBe(84);
    expect(sentenceAt({ 60: 3, 90: 3 })).toBe(75);
  });
});
