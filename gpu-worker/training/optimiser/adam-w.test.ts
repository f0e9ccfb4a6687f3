import { describe, expect, it } from 'vitest';
import { stepAdamW, trainedTensor } from '#gpu-worker/training/optimiser/adam-w.ts';

const plain = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

describe('AdamW', () => {
  it('first moves every value by the learning rate against the gradient’s sign, whatever its size', () => {
    const tensor = trainedTensor(Float32Array.of(1, 1, 1));
    stepAdamW(tensor, Float32Array.of(1e-3, -5, 0), 1, 0.1, plain);
    expect(tensor.values[0]).toBeCloseTo(0.9, 4);
    expect(tensor.values[1]).toBeCloseTo(1.1, 6);
    expect(tensor.values[2]).toBe(1);
  });

  it('decays apart from the gradient: by learning rate × decay, also where the gradient is zero', () => {
    const tensor = trainedTensor(Float32Array.of(2));
    stepAdamW(tensor, null, 1, 0.1, { ...plain, weightDecay: 0.5 });
    expect(tensor.values[0]).toBeCloseTo(2 * (1 - 0.05), 6);
  });

  it('goes on by momentum without a gradient', () => {
    const tensor = trainedTensor(Float32Array.of(0));
    stepAdamW(tensor, Float32Array.of(1), 1, 0.1, plain);
    const after = tensor.values[0] ?? 0;
    stepAdamW(tensor, null, 2, 0.1, plain);
    // m̂ = .9 · .1 / (1 − .9²), v̂ = .999 · .001 / (1 − .999²).
    const expected = after - (0.1 * (0.09 / 0.19)) / Math.sqrt((0.999 * 0.001) / (1 - 0.999 ** 2));
    expect(tensor.values[0]).toBeCloseTo(expected, 6);
  });

  it('finds the minimum of a bowl', () => {
    const tensor = trainedTensor(Float32Array.of(3, -2));
    for (let step = 1; step <= 500; step += 1) {
      const [x = 0, y = 0] = tensor.values;
      stepAdamW(tensor, Float32Array.of(2 * (x - 1), 20 * (y - 0.5)), step, 0.05, plain);
    }
    expect(tensor.values[0]).toBeCloseTo(1, 2);
    expect(tensor.values[1]).toBeCloseTo(0.5, 2);
  });

  it('refuses a gradient of another length', () => {
    expect(() => stepAdamW(trainedTensor(new Float32Array(3)), new Float32Array(2), 1, 0.1, plain)).toThrow(
      'a gradient of 2 values for a tensor of 3',
    );
  });
});
