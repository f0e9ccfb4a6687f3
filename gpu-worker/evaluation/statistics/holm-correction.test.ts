import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holmCorrection } from '#gpu-worker/evaluation/statistics/holm-correction.ts';

describe('Holm’s correction', () => {
  it('gives the figures of R’s p.adjust(c(.01, .04, .03, .005), "holm")', () => {
    const corrected = holmCorrection([0.01, 0.04, 0.03, 0.005]);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      expect(corrected[index]).toBeCloseTo(expected, 12);
  });

  it('leaves out what could not be tested, and changes a single p-value not at all', () => {
    expect(holmCorrection([null, 0.2, null])).toEqual([null, 0.2, null]);
  });

  it('never makes a p-value smaller, nor larger than 1, and keeps their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        const corrected = holmCorrection(pValues).map((value) => value ?? -1);
        for (const [index, value] of corrected.entries()) {
          expect(value).toBeGreaterThanOrEqual(pValues[index] ?? 0);
          expect(value).toBeLessThanOrEqual(1);
          for (const [other, otherValue] of corrected.entries())
            if ((pValues[index] ?? 0) < (pValues[other] ?? 0)) expect(value).toBeLessThanOrEqual(otherValue);
        }
      }),
    );
  });
});
