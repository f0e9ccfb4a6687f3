import { expect, it } from 'vitest';
import { SimulatedThreads } from '#cli/capacity-plan/simulation/simulated-threads.ts';

const never = Number.POSITIVE_INFINITY;

it('works slower while both threads do, and at full pace again when one has finished', () => {
  const threads = new SimulatedThreads<string>(2, 1.5);
  threads.start(0, ['short'], 10);
  threads.start(1, ['long'], 20);
  expect(threads.runUntil(never)).toEqual(['short']);
  expect(threads.nowMs).toBe(15);
  expect(threads.runUntil(never)).toEqual(['long']);
  expect(threads.nowMs).toBe(25);
  expect(threads.busyMs).toBe(40);
});

it('stops where it is told to, with what is left to do', () => {
  const threads = new SimulatedThreads<string>(1, 1);
  threads.start(0, ['a'], 10);
  expect(threads.runUntil(4)).toBeNull();
  expect(threads.runUntil(9)).toBeNull();
  expect(threads.runUntil(11)).toEqual(['a']);
  expect(threads.nowMs).toBe(10);
});

it('asks the thread first that has waited longest', () => {
  const threads = new SimulatedThreads<string>(3, 1);
  threads.start(0, ['a'], 1);
  threads.runUntil(never);
  expect(threads.idle()).toEqual([1, 2, 0]);
});

it('asks the thread first that was started first, of those whose batches end together but for rounding', () => {
  const threads = new SimulatedThreads<string>(2, 1);
  threads.start(0, ['a'], 0.3);
  threads.start(1, ['b'], 0.1 + 0.2 - 1e-15);
  threads.runUntil(never);
  threads.runUntil(never);
  expect(threads.idle()).toEqual([0, 1]);
  expect(threads.nowMs).toBeCloseTo(0.3, 12);
});

it('refuses to wait for nothing', () => {
  expect(() => new SimulatedThreads<string>(1, 1).runUntil(never)).toThrow('nothing runs and nothing comes');
});
