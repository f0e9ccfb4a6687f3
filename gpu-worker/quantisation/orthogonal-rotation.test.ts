import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrthogonalRotation } from '#gpu-worker/quantisation/orthogonal-rotation.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

/** A power of two times an odd number: 1 to 1,152. Hidden sizes of the family are of this form (576 = 64 · 9, 896 = 128 · 7). */
const size = fc
  .tuple(fc.integer({ min: 0, max: 7 }), fc.constantFrom(1, 3, 5, 7, 9))
  .map(([power, odd]) => 2 ** power * odd);
/** Subnormal magnitudes lose digits in float32 whatever is done to them. */
const component = fc
  .float({ min: -1_000, max: 1_000, noNaN: true })
  .map((value) => (Math.abs(value) < 1e-30 ? 0 : value));
const sizeAndVector = size.chain((n) => fc.tuple(fc.constant(n), fc.array(component, { minLength: n, maxLength: n })));

const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));

describe('the rotation', () => {
  it.each([1, 2, 3, 8, 9, 12, 40, 48, 64, 72])('is orthogonal for size %i: R · Rᵀ = 1', (n) => {
    const matrix = new OrthogonalRotation(n).matrix();
    for (let row = 0; row < n; row += 1) {
      for (let other = 0; other < n; other += 1) {
        let product = 0;
        for (let at = 0; at < n; at += 1) product += (matrix[row * n + at] ?? 0) * (matrix[other * n + at] ?? 0);
        expect(Math.abs(product - (row === other ? 1 : 0)), `rows ${row} and ${other}`).toBeLessThan(1e-6);
      }
    }
  });

  it('preserves the norm of any vector', () => {
    fc.assert(
      fc.property(sizeAndVector, ([n, values]) => {
        const rotated = Float32Array.from(values);
        new OrthogonalRotation(n).apply(rotated, 0);
        expect(Math.abs(norm(rotated) - norm(values))).toBeLessThanOrEqual(1e-6 * norm(values));
      }),
    );
  });

  it('is what matrix() says: x · R', () => {
    fc.assert(
      fc.property(sizeAndVector, ([n, values]) => {
        const rotation = new OrthogonalRotation(n);
        const matrix = rotation.matrix();
        const rotated = Float32Array.from(values);
        rotation.apply(rotated, 0);
        for (let column = 0; column < n; column += 1) {
          const expected = values.reduce((sum, value, row) => sum + value * (matrix[row * n + column] ?? 0), 0);
          expect(Math.abs((rotated[column] ?? 0) - expected)).toBeLessThanOrEqual(1e-6 * norm(values));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does the same to a vector with a stride, and nothing to what lies between', () => {
    const gaps = fc.record({ start: fc.nat(3), stride: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(sizeAndVector, gaps, ([n, values], { start, stride }) => {
        const rotation = new OrthogonalRotation(n);
        const contiguous = Float32Array.from(values);
        rotation.apply(contiguous, 0);
        const spread = new Float32Array(start + n * stride + 2).fill(7);
        const expected = spread.slice();
        for (const [index, value] of values.entries()) {
          spread[start + index * stride] = value;
          expected[start + index * stride] = contiguous[index] ?? 0;
        }
        rotation.apply(spread, start, stride);
        expect(spread).toEqual(expected);
      }),
    );
  });

  it('is part of the converted weights, so it is the same each time', () => {
    expect(new OrthogonalRotation(72).matrix()).toEqual(new OrthogonalRotation(72).matrix());
    expect([...new OrthogonalRotation(4).matrix()].map((value) => value * 2)).toEqual([
      -1, -1, -1, -1, 1, -1, 1, -1, 1, 1, -1, -1, -1, 1, 1, -1,
    ]);
  });

  it('spreads an outlier channel over all channels', () => {
    for (const n of [40, 48, 576]) {
      const normal = seededNormal(n);
      const values = Float32Array.from({ length: n }, normal);
      values[5] = 1_000;
      new OrthogonalRotation(n).apply(values, 0);
      expect(Math.max(...values.map(Math.abs))).toBeLessThan((3 * norm(values)) / Math.sqrt(n));
    }
  });
});
