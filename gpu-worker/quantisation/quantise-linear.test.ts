import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyQuantisedLinear, quantiseRowsInto } from '#gpu-worker/quantisation/quantise-linear.ts';

/** Subnormal magnitudes have no half step in float32; the last test is theirs. */
const weight = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => (Math.abs(value) < 1e-30 ? 0 : value));
const matrix = fc
  .record({ outputs: fc.integer({ min: 1, max: 6 }), inputs: fc.integer({ min: 1, max: 9 }) })
  .chain(({ outputs, inputs }) =>
    fc.record({
      outputs: fc.constant(outputs),
      inputs: fc.constant(inputs),
      rows: fc
        .array(weight, { minLength: outputs * inputs, maxLength: outputs * inputs })
        .map((values) => Float32Array.from(values)),
    }),
  );

describe('quantising rows', () => {
  it('errs by half a step of its output channel at most, for each weight', () => {
    fc.assert(
      fc.property(matrix, ({ outputs, inputs, rows }) => {
        const quantised = emptyQuantisedLinear(outputs, inputs);
        quantiseRowsInto(quantised, 0, rows, inputs);
        for (let output = 0; output < outputs; output += 1) {
          const step = quantised.scale[output] ?? Number.NaN;
          for (let input = 0; input < inputs; input += 1) {
            const stored = quantised.weight[input * outputs + output] ?? Number.NaN;
            const error = Math.abs(stored * step - (rows[output * inputs + input] ?? Number.NaN));
            // The scale itself is rounded to float32.
            expect(error).toBeLessThanOrEqual(step * 0.50001);
          }
        }
      }),
    );
  });

  it('uses the whole range of each channel, symmetrically: its largest weight is ±127, and -128 is never used', () => {
    fc.assert(
      fc.property(matrix, ({ outputs, inputs, rows }) => {
        const quantised = emptyQuantisedLinear(outputs, inputs);
        quantiseRowsInto(quantised, 0, rows, inputs);
        for (let output = 0; output < outputs; output += 1) {
          const row = rows.subarray(output * inputs, (output + 1) * inputs);
          const stored = Array.from({ length: inputs }, (_, input) => quantised.weight[input * outputs + output] ?? 0);
          const largest = Math.max(...row.map(Math.abs));
          expect(Math.max(...stored.map(Math.abs))).toBe(largest === 0 ? 0 : 127);
        }
      }),
    );
  });

  it('gives the same for blocks of rows as for all at once', () => {
    const rows = Float32Array.from({ length: 5 * 3 }, (_, n) => Math.sin(n) * 10 ** (n % 4));
    const whole = emptyQuantisedLinear(5, 3);
    quantiseRowsInto(whole, 0, rows, 3);
    const pieces = emptyQuantisedLinear(5, 3);
    quantiseRowsInto(pieces, 0, rows.subarray(0, 6), 3);
    quantiseRowsInto(pieces, 2, rows.subarray(6), 3);
    expect(pieces).toEqual(whole);
  });

  it('stores [in, out], and a channel of zeros as zeros with a scale that divides', () => {
    const quantised = emptyQuantisedLinear(3, 2);
    quantiseRowsInto(quantised, 0, Float32Array.of(127, -63.5, 0, 0, 1, 2), 2);
    expect([...quantised.weight]).toEqual([127, 0, 64, -63, 0, 127]);
    expect([...quantised.scale]).toEqual([1, 1, Math.fround(2 / 127)]);
  });

  it('survives weights too small for their step to be a normal number', () => {
    const quantised = emptyQuantisedLinear(1, 2);
    quantiseRowsInto(quantised, 0, Float32Array.of(1.4e-45, -1.4e-45), 2);
    const restored = [...quantised.weight].map((value) => value * (quantised.scale[0] ?? Number.NaN));
    expect(restored.every((value) => Math.abs(value) <= 1.4e-43)).toBe(true);
  });
});
