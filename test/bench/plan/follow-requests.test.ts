import { expect, it } from 'vitest';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import { followRequests } from '#test/bench/plan/follow-requests.ts';

const request = (atMs: number, ids: readonly number[]): SimulatedRequest => ({
  ...{ atMs, tenant: 'one', queryTokens: 5, hasAdapter: false, scoresQuery: true },
  // Ids below 10 are of kept documents.
  documents: ids.map((id) => ({ id, tokens: 20, isKept: id < 10 })),
});

it('sends the second load after the first, with the kept documents of the first and new ones of its own', () => {
  const joined = followRequests([request(5, [1, 12]), request(40, [11])], [request(0, [1, 12]), request(7, [2])]);
  expect(joined.map(({ documents }) => documents.map(({ id }) => id))).toEqual([[1, 12], [11], [1, 25], [2]]);
  expect(joined.map(({ atMs }) => atMs)).toEqual([5, 40, 600_040, 600_047]);
});

it('leaves a load alone that nothing came before', () => {
  const alone = [request(3, [1])];
  expect(followRequests([], alone)).toEqual(alone);
});
