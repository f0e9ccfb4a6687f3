import { expect, it } from 'vitest';
import { FleetLoad } from '#edge/gpu-workers/fleet-load.ts';
import { targetAt } from '#edge/testing/target-at.ts';

const targets = [targetAt('a'), targetAt('b')];

function create() {
  const clock = { nowMs: 1_000 };
  return { clock, load: new FleetLoad(() => clock.nowMs) };
}

it('expects the slowest target of a region: the way there, what it has to do, and its part of the request', () => {
  const { load } = create();
  const answer = { characters: 100, tookMs: 60, computeMs: 50 };
  load.answered('a', { ...answer, load: { waitMs: 0, workMs: 20 } });
  load.answered('b', { ...answer, load: { waitMs: 300, workMs: 20 } });
  expect(load.outlook(targets, 1_000).expectedMs).toBeCloseTo(10 + 300 + 100);
});

it('takes a target that never answered for as quick as its neighbours, and for far away', () => {
  const { load } = create();
  expect(load.outlook(targets, 1_000).expectedMs).toBe(100);
  load.answered('a', { characters: 100, tookMs: 60, computeMs: 50, load: { waitMs: 0, workMs: 20 } });
  expect(load.outlook(targets, 1_000).expectedMs).toBeCloseTo(100 + 100);
});

it('says how long ago one of them was called', () => {
  const { clock, load } = create();
  expect(load.outlook(targets, 1).uncalledMs).toBe(Number.POSITIVE_INFINITY);
  load.called('b', 1);
  clock.nowMs += 700;
  load.called('elsewhere', 1);
  expect(load.outlook(targets, 1).uncalledMs).toBe(700);
});
