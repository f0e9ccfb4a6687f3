import { expect, it } from 'vitest';
import type { RegionOutlook } from '#edge/gpu-workers/fleet-load.ts';
import { planFleet } from '#edge/gpu-workers/plan-fleet.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { targetAt } from '#edge/testing/target-at.ts';

const regions = ['weur', 'enam', 'apac'];
const fleet = regions.flatMap((region) => [targetAt(`${region}-1`, region), targetAt(`${region}-2`, region)]);

/** The regions in the order in which they are asked, when answers are expected after so many milliseconds. */
function order(expectedMs: Readonly<Record<string, number>>, dead: readonly string[] = [], uncalledMs = 0): string[] {
  const outlook = ([target]: readonly WorkerTarget[]): RegionOutlook => ({
    expectedMs: expectedMs[target?.region ?? ''] ?? 0,
    uncalledMs,
  });
  const { primary, fallbacks } = planFleet(fleet, regions, (id) => !dead.includes(id), outlook);
  return [primary, ...fallbacks].map((group) => `${group[0]?.region} ${group.length}`);
}

it('stays in the nearest region for a small gain, and spills over to the quickest one for a large one', () => {
  expect(order({ weur: 300, enam: 200, apac: 250 })).toEqual(['weur 2', 'enam 2', 'apac 2']);
  expect(order({ weur: 301, enam: 250, apac: 200 })).toEqual(['apac 2', 'weur 2', 'enam 2']);
});

it('finds out now and then whether the nearest region is still slow', () => {
  const slow = { weur: 9_000, enam: 200, apac: 300 };
  expect(order(slow, [], 4_999)[0]).toBe('enam 2');
  expect(order(slow, [], 5_000)[0]).toBe('weur 2');
});

it('counts the nearest region that has a healthy target as the nearest, and spills over to none without', () => {
  const dead = ['weur-1', 'weur-2', 'apac-1'];
  expect(order({ weur: 0, enam: 900, apac: 100 }, dead)).toEqual(['apac 1', 'enam 2', 'weur 2', 'apac 1']);
  const othersDead = ['enam-1', 'enam-2', 'apac-1', 'apac-2'];
  expect(order({ weur: 9_000 }, othersDead)).toEqual(['weur 2', 'enam 2', 'apac 2']);
});
