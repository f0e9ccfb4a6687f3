import { expect, it } from 'vitest';
import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';

it('has one row a left row and one column a right row', () => {
  const cosines = cosineSimilarity(Float32Array.of(1, 0, 1, 1), Float32Array.of(2, 0, 0, 3, -1, -1), 2);
  const diagonal = Math.SQRT1_2;
  const expected = [1, 0, -diagonal, diagonal, diagonal, -1];
  expect([...cosines]).toEqual(expected.map((value) => expect.closeTo(value, 12)));
});

it('does not depend on the length of a row, however large or small', () => {
  const left = Float32Array.of(3e30, 4e30, 3e-6, 4e-6);
  expect([...cosineSimilarity(left, Float32Array.of(4, 3), 2)]).toEqual([
    expect.closeTo(0.96, 6),
    expect.closeTo(0.96, 6),
  ]);
});

it('is 0 for a row of zeros, never NaN', () => {
  expect([...cosineSimilarity(new Float32Array(2), Float32Array.of(1, 1, 0, 0), 2)]).toEqual([0, 0]);
});

it('is empty where either side is', () => {
  expect(cosineSimilarity(Float32Array.of(1, 1), new Float32Array(0), 2)).toHaveLength(0);
  expect(cosineSimilarity(new Float32Array(0), Float32Array.of(1, 1), 2)).toHaveLength(0);
});
