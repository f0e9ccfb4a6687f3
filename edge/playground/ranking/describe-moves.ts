import type { Move } from '#edge/playground/ranking/align-rankings.ts';

/** How a document moved, in words; null: it did not, or is new. */
export function describeMove({ from, to }: Move): string | null {
  if (from === null || to === null || from === to) return null;
  return `${to < from ? 'up' : 'down'} ${Math.abs(to - from)} from place ${from + 1}`;
}

/** Two rankings' difference in a sentence. */
export function describeMoves(moves: readonly Move[]): string {
  const both = moves.filter(({ from, to }) => from !== null && to !== null);
  const moved = both.filter(({ from, to }) => from !== to);
  if (moved.length === 0) return 'Both have the same order.';
  const first = moves.find(({ to }) => to === 0);
  const newFirst =
    first === undefined || first.from === 0 || first.from === null
      ? 'The first is the same.'
      : `The first was in place ${first.from + 1}.`;
  return `${moved.length} of ${both.length} documents moved. ${newFirst}`;
}
