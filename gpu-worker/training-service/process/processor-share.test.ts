import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProcessorShare } from '#gpu-worker/training-service/process/processor-share.ts';

it('rests until what was used is the share of the time that has passed', () => {
  const half = new ProcessorShare(0.5);
  expect(half.restAfter({ processorMs: 300, atMs: 400 })).toBe(200);
  expect(half.restAfter({ processorMs: 300, atMs: 600 })).toBe(0);
  expect(half.restAfter({ processorMs: 500, atMs: 1_000 })).toBe(0);
});

it('saves nothing for later: who had to wait for a core does not catch up', () => {
  const quarter = new ProcessorShare(0.25);
  expect(quarter.restAfter({ processorMs: 0, atMs: 60_000 })).toBe(0);
  expect(quarter.restAfter({ processorMs: 1_000, atMs: 61_000 })).toBe(3_000);
});

it('is never exceeded over any stretch by more than the longest piece of work, on any number of cores', () => {
  const pieces = fc.array(
    fc.record({ ms: fc.integer({ min: 1, max: 5_000 }), cores: fc.double({ min: 0.1, max: 8, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0.02, max: 4, noNaN: true }), pieces, (rate, work) => {
      const share = new ProcessorShare(rate);
      let [processorMs, atMs] = [0, 0];
      const ends = [{ processorMs, atMs }];
      for (const { ms, cores } of work) {
        processorMs += ms * cores;
        atMs += ms;
        ends.push({ processorMs, atMs });
        atMs += share.restAfter({ processorMs, atMs });
      }
      const longest = Math.max(0, ...work.map(({ ms, cores }) => ms * cores));
      for (const [index, from] of ends.entries()) {
        for (const to of ends.slice(index + 1)) {
          const allowed = rate * (to.atMs - from.atMs) + longest;
          expect(to.processorMs - from.processorMs).toBeLessThanOrEqual(allowed * (1 + 1e-9));
        }
      }
    }),
  );
});
