import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupScoreLines } from '#cli/engine/group-score-lines.ts';
import type { ScoreLine } from '#cli/inputs/read-score-lines.ts';

const lineArbitrary: fc.Arbitrary<ScoreLine> = fc.oneof(
  fc.record({
    kind: fc.constant('pair' as const),
    place: fc.string(),
    query: fc.string(),
    document: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    kind: fc.constant('tokens' as const),
    place: fc.string(),
    promptIds: fc.array(fc.nat()),
    targetIds: fc.array(fc.nat()),
  }),
);

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('groupScoreLines', () => {
  it('keeps every line in order, with one document a group', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lineArbitrary, { maxLength: 200 }), async (lines) => {
        const groups = await Array.fromAsync(groupScoreLines(stream(lines)));
        expect(groups.flatMap<ScoreLine>((group) => (group.kind === 'pairs' ? group.lines : [group.line]))).toEqual(
          lines,
        );
        for (const group of groups)
          if (group.kind === 'pairs') expect(new Set(group.lines.map((line) => line.document)).size).toBe(1);
      }),
    );
  });

  it('computes the prefix of consecutive equal documents once', async () => {
    const line = (document: string, query: string): ScoreLine => ({ kind: 'pair', place: '', document, query });
    const groups = await Array.fromAsync(
      groupScoreLines(stream([line('a', '1'), line('a', '2'), line('b', '3'), line('a', '4')])),
    );
    expect(groups.map((group) => (group.kind === 'pairs' ? group.lines.length : 0))).toEqual([2, 1, 1]);
  });
});
