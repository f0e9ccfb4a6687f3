/** Where a document is in two rankings; places count from 0, null: it is not in that one. */
export interface Move {
  /** Of the document in the request. */
  readonly index: number;
  readonly from: number | null;
  readonly to: number | null;
}

/** Every document of two rankings with both places: in the order of `after`, then what only `before` has. Rankings are document indexes, best first. */
export function alignRankings(before: readonly number[], after: readonly number[]): Move[] {
  const places = (ranking: readonly number[]) => new Map(ranking.map((index, place) => [index, place]));
  const [from, to] = [places(before), places(after)];
  const gone = before.filter((index) => !to.has(index));
  return [...after, ...gone].map((index) => ({ index, from: from.get(index) ?? null, to: to.get(index) ?? null }));
}
