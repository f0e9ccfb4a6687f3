import { describe, expect, it } from 'vitest';
import { nextTarget } from '#edge/gpu-workers/next-target.ts';
import { targetAt } from '#edge/testing/target-at.ts';

const targets = ['a', 'b', 'c'].map((id) => targetAt(id));

describe('nextTarget', () => {
  it.each<[string[], string[], string[], string | undefined]>([
    [[], [], [], 'a'],
    [['a'], [], [], 'b'],
    [['a'], ['a', 'b'], [], 'c'],
    [['a'], [], ['b'], 'c'],
    [['a'], ['b'], ['c'], 'c'],
    [['a'], ['b', 'c'], [], 'b'],
    [['a', 'b'], [], [], undefined],
  ])('after %j, with %j failed and %j dead, is %s', (tried, failed, dead, expected) => {
    const called = targets.filter(({ id }) => tried.includes(id));
    const state = { targets, tried: called, failed: new Set(failed), isHealthy: (id: string) => !dead.includes(id) };
    expect(nextTarget(state)?.id).toBe(expected);
  });
});

describe('nextTarget: regions', () => {
  const fleet = ['weur', 'weur', 'weur', 'enam', 'enam', 'apac'].map((region, index) =>
    targetAt(String(index), region),
  );

  it.each<[number[], string | undefined]>([
    [[0], '1'],
    [[0, 1], '3'],
    [[0, 3], '5'],
    [[0, 1, 3], undefined],
  ])('after calls of %j, is %s: twice in a region, and once more in another one', (tried, expected) => {
    const called = fleet.filter((_, index) => tried.includes(index));
    const state = { targets: fleet, tried: called, failed: new Set<string>(), isHealthy: () => true };
    expect(nextTarget(state)?.id).toBe(expected);
  });

  it('after two calls in a region, is none of a third worker there, however dead the others', () => {
    const [first, second] = fleet;
    if (first === undefined || second === undefined) throw new Error('the fleet is empty');
    const isHealthy = (id: string) => id === '2';
    expect(nextTarget({ targets: fleet, tried: [first, second], failed: new Set(), isHealthy })?.region).toBe('enam');
  });
});
