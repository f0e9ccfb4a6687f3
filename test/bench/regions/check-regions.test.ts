import { expect, it } from 'vitest';
import { checkRegions } from '#test/bench/regions/check-regions.ts';
import type { RegionsRow } from '#test/bench/regions/run-regions-benchmark.ts';

function rowOf(scenario: string, continent: string, p99Ms: number, changes: Partial<RegionsRow> = {}): RegionsRow {
  const summary = {
    requests: 10,
    requestsPerSecond: 1,
    p50Ms: 1,
    p95Ms: 1,
    p99Ms,
    maxMs: 1,
    failed: 0,
    overheadP50Ms: null,
  };
  const served = { own: 1, guests: 1 };
  return { policy: 'regions', scenario, continent, isDisturbed: false, summary, served, ...changes };
}

const failing = (rows: readonly RegionsRow[]) =>
  checkRegions(rows)
    .filter(({ holds }) => !holds)
    .map(({ sentence }) => sentence);

const calm = [rowOf('undisturbed', 'Europe', 100), rowOf('undisturbed', 'North America', 100)];
const lost = (europe: RegionsRow, america: Partial<RegionsRow> = {}) => [
  ...calm,
  europe,
  rowOf('region lost', 'North America', 900, { isDisturbed: true, ...america }),
];

it('demands nothing of the latencies where something happened, and 10 % at most of others', () => {
  expect(failing(lost(rowOf('region lost', 'Europe', 110)))).toEqual([]);
  expect(failing(lost(rowOf('region lost', 'Europe', 111)))).toEqual([
    'region lost: p99 in Europe is 1.11 times the undisturbed one (at most 1.1)',
  ]);
});

it('demands that no request fails, and that others help', () => {
  const europe = rowOf('region lost', 'Europe', 100, { served: { own: 1, guests: 0 } });
  const { summary } = rowOf('', '', 1);
  expect(failing(lost(europe, { summary: { ...summary, failed: 2 } }))).toEqual([
    'region lost: 2 failed requests (0 allowed)',
    'region lost: 0 documents spilled over to other regions (more than 0)',
  ]);
});

it('demands nothing of naive layouts', () => {
  const naive = lost(rowOf('region lost', 'Europe', 900)).map((row) => ({ ...row, policy: 'single region' }));
  expect(failing(naive)).toEqual([]);
});
