import { describe, expect, it } from 'vitest';
import { mayTryAgain, nextTarget } from '#edge/gpu-workers/next-target.ts';
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
    [['a', 'b', 'c'], [], [], undefined],
  ])('after %j, with %j failed and %j dead, is %s', (tried, failed, dead, expected) => {
    const state = { targets, tried, failed: new Set(failed), isHealthy: (id: string) => !dead.includes(id) };
    expect(nextTarget(state)?.id).toBe(expected);
  });
});

describe('mayTryAgain', () => {
  it.each<[string[], string, boolean]>([
    [['weur'], 'weur', true],
    [['weur'], 'enam', true],
    [['weur', 'weur'], 'weur', false],
    [['weur', 'weur'], 'enam', true],
    [['weur', 'enam'], 'enam', false],
    [['weur', 'weur', 'enam'], 'apac', false],
  ])('after calls in %j, one in %s: %s', (tried, region, allowed) => {
    expect(mayTryAgain(tried, targetAt('x', region))).toBe(allowed);
  });
});
