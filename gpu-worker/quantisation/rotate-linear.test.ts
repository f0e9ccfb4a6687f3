import { describe, expect, it } from 'vitest';
import type { LinearRole } from '#gpu-worker/language-model/stored-linear-layers.ts';
import { LinearRotation } from '#gpu-worker/quantisation/rotate-linear.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { everySwitchConfig } from '#test/support/small-manifest.ts';

/** Neither width is a power of two, and there are more query heads than key/value heads. */
const config = { ...everySwitchConfig, hiddenSize: 40, queryHeads: 4, keyValueHeads: 2, headSize: 12 };
const { hiddenSize, queryHeads, keyValueHeads, headSize, feedForwardSize } = config;
const rotation = new LinearRotation(config);
const normal = seededNormal(7);
const random = (length: number) => Float32Array.from({ length }, normal);

/** W · x, W [outputs, inputs]. */
function multiply(weights: Float32Array, x: Float32Array): Float32Array {
  return Float32Array.from({ length: weights.length / x.length }, (_, output) => {
    let sum = 0;
    for (let n = 0; n < x.length; n += 1) sum += (weights[output * x.length + n] ?? 0) * (x[n] ?? 0);
    return sum;
  });
}

function rotated(x: Float32Array): Float32Array {
  const copy = x.slice();
  rotation.residual.apply(copy, 0);
  return copy;
}

function folded(role: LinearRole, weights: Float32Array, inputs: number, norm: Float32Array | null): Float32Array {
  const copy = weights.slice();
  rotation.rotateInputs(role, copy, inputs, norm);
  rotation.rotateOutputs(role, copy, inputs);
  return copy;
}

function expectClose(got: Float32Array, expected: Float32Array): void {
  expect(got.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((got[index] ?? Number.NaN) - value), `value ${index}`).toBeLessThan(2e-5);
  }
}

/** A norm's output before its weight is multiplied in, and with it. */
const stream = random(hiddenSize);
const normWeight = random(hiddenSize);
const normed = stream.map((value, n) => value * (normWeight[n] ?? 0));

describe('folding rotations into linear layers', () => {
  it.each(['gate-up', 'head'] as const)('%s gives the same on the rotated stream, its norm folded in', (role) => {
    const weights = random(feedForwardSize * hiddenSize);
    expectClose(multiply(folded(role, weights, hiddenSize, normWeight), rotated(stream)), multiply(weights, normed));
  });

  it('down writes into the rotated stream, weights and bias', () => {
    const weights = random(hiddenSize * feedForwardSize);
    const bias = random(hiddenSize);
    const x = random(feedForwardSize);
    const inner = multiply(folded('down', weights, feedForwardSize, null), x);
    expectClose(inner, rotated(multiply(weights, x)));
    const turned = bias.slice();
    rotation.rotateOutputs('down', turned, 1);
    expectClose(turned, rotated(bias));
  });

  it('queries and keys come out unrotated, as rotary positions need them', () => {
    const outputs = (queryHeads + 2 * keyValueHeads) * headSize;
    const weights = random(outputs * hiddenSize);
    const values = (queryHeads + keyValueHeads) * headSize;
    const got = multiply(folded('query-key-value', weights, hiddenSize, normWeight), rotated(stream));
    const expected = multiply(weights, normed);
    expectClose(got.subarray(0, values), expected.subarray(0, values));
    expect(got.subarray(values)).not.toEqual(expected.subarray(values));
  });

  it('a chain of values, any mix over tokens and the output leaves the product unchanged', () => {
    const weights = random((queryHeads + 2 * keyValueHeads) * headSize * hiddenSize);
    const bias = random((queryHeads + 2 * keyValueHeads) * headSize);
    const output = random(hiddenSize * queryHeads * headSize);
    /** Each query head sees the values of its group, scaled as attention shares would. */
    const attend = (projected: Float32Array) =>
      Float32Array.from({ length: queryHeads * headSize }, (_, n) => {
        const head = Math.floor(n / headSize);
        const group = Math.floor((head * keyValueHeads) / queryHeads);
        return (head + 1) * (projected[(queryHeads + keyValueHeads + group) * headSize + (n % headSize)] ?? 0);
      });
    const biased = (rows: Float32Array, by: Float32Array) => rows.map((value, n) => value + (by[n] ?? 0));
    const turnedBias = bias.slice();
    rotation.rotateOutputs('query-key-value', turnedBias, 1);
    const plain = multiply(output, attend(biased(multiply(weights, normed), bias)));
    const values = multiply(folded('query-key-value', weights, hiddenSize, normWeight), rotated(stream));
    const turned = multiply(
      folded('attention-output', output, queryHeads * headSize, null),
      attend(biased(values, turnedBias)),
    );
    const expected = rotated(plain);
    const scale = Math.max(...expected.map(Math.abs));
    expectClose(
      turned.map((value) => value / scale),
      expected.map((value) => value / scale),
    );
  });

  it.each([
    ['query-key-value', true],
    ['attention-output', true],
    ['down', true],
    ['gate-up', false],
    ['head', false],
  ] as const)('says whether %s needs all rows at once', (role, mixes) => {
    const weights = random((queryHeads + 2 * keyValueHeads) * headSize * hiddenSize);
    const before = weights.slice();
    rotation.rotateOutputs(role, weights, hiddenSize);
    expect(rotation.mixesOutputs(role)).toBe(mixes);
    expect(weights.some((value, n) => value !== before[n])).toBe(mixes);
  });
});
