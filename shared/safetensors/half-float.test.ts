import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeHalfFloats, encodeHalfFloats, floatToHalf, halfToFloat } from '#shared/safetensors/half-float.ts';

describe('half floats', () => {
  test.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])('bits %i are %d in both directions', (bits, value) => {
    expect(halfToFloat(bits)).toBe(value);
    expect(floatToHalf(value)).toBe(bits);
  });

  test('every half that is a number survives the way through float32', () => {
    for (let bits = 0; bits < 65_536; bits += 1) {
      const value = halfToFloat(bits);
      if (!Number.isNaN(value)) expect(floatToHalf(value)).toBe(bits);
    }
    expect(Number.isNaN(halfToFloat(floatToHalf(Number.NaN)))).toBe(true);
  });

  test('rounds to the nearest half, ties to the even one, infinity past the largest', () => {
    expect(floatToHalf(1 + 2 ** -11)).toBe(0x3c00);
    expect(floatToHalf(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(floatToHalf(1 + 2 ** -11 + 2 ** -20)).toBe(0x3c01);
    expect(floatToHalf(2 ** -25)).toBe(0);
    expect(floatToHalf(2 ** -25 * 1.001)).toBe(1);
    expect(floatToHalf(1023.5 * 2 ** -24)).toBe(0x0400);
    expect(floatToHalf(65_519)).toBe(0x7bff);
    expect(floatToHalf(65_520)).toBe(0x7c00);
    expect(floatToHalf(-0)).toBe(0x8000);
  });

  test('no half is nearer than the one chosen', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65_504, max: 65_504 }), (value) => {
        const half = floatToHalf(value);
        const error = Math.abs(halfToFloat(half) - value);
        for (const neighbour of [half - 1, half + 1]) {
          const other = halfToFloat(neighbour);
          if (Number.isFinite(other) && Math.sign(other) === Math.sign(value)) {
            expect(Math.abs(other - value)).toBeGreaterThanOrEqual(error);
          }
        }
      }),
    );
  });

  test('decodes little-endian bytes at an odd offset', () => {
    const bytes = new Uint8Array([0xff, 0x00, 0x3c, 0x00, 0xc0]).subarray(1);
    expect([...decodeHalfFloats(bytes)]).toEqual([1, -2]);
    expect([...encodeHalfFloats(new Float32Array([1, -2]))]).toEqual([0x00, 0x3c, 0x00, 0xc0]);
  });
});
