import { describe, expect, it } from 'vitest';
import {
  addDense,
  addGradient,
  addRows,
  clipGradient,
  emptyGradient,
} from '#gpu-worker/training/gradients/adapter-gradient.ts';

describe('gradients of a step', () => {
  it('add up, rows by id, and leave what was added alone', () => {
    const gradient = emptyGradient();
    const first = Float32Array.of(1, 2);
    addDense(gradient, 'w', first);
    addDense(gradient, 'w', Float32Array.of(10, 20));
    // Token 5 stands twice in one block.
    addRows(gradient, [5, 3, 5], Float32Array.of(1, 1, 2, 2, 3, 3));
    expect(gradient.dense.get('w')).toEqual(Float32Array.of(11, 22));
    expect(gradient.rows).toEqual(
      new Map([
        [5, Float32Array.of(4, 4)],
        [3, Float32Array.of(2, 2)],
      ]),
    );
    expect(first).toEqual(Float32Array.of(1, 2));
    const sum = emptyGradient();
    addGradient(sum, gradient);
    addGradient(sum, gradient);
    expect(sum.rows.get(5)).toEqual(Float32Array.of(8, 8));
    expect(sum.dense.get('w')).toEqual(Float32Array.of(22, 44));
  });

  it('are clipped by the norm over all parameters together', () => {
    const gradient = emptyGradient();
    addDense(gradient, 'w', Float32Array.of(3, 0));
    addRows(gradient, [1], Float32Array.of(0, 4));
    expect(clipGradient(gradient, 10)).toBe(5);
    expect(gradient.dense.get('w')).toEqual(Float32Array.of(3, 0));
    expect(clipGradient(gradient, 1)).toBe(5);
    expect(gradient.dense.get('w')?.[0]).toBeCloseTo(0.6, 5);
    expect(gradient.rows.get(1)?.[1]).toBeCloseTo(0.8, 5);
  });

  it('refuse a norm that is not finite and values of another length', () => {
    const gradient = emptyGradient();
    addDense(gradient, 'w', Float32Array.of(Number.NaN));
    expect(() => clipGradient(gradient, 1)).toThrow('the norm of the gradient is NaN');
    expect(() => addDense(gradient, 'w', Float32Array.of(1, 2))).toThrow('a gradient of 2 values for a tensor of 1');
  });
});
