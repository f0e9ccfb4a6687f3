import { describe, expect, it } from 'vitest';
import { linearSize, readBlocks } from '#gpu-worker/language-model/read-linear.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

describe('reading blocks', () => {
  /** A source whose row r is [r], which notes what is asked of it. */
  function countingSource(rows: number) {
    const asked: number[][] = [];
    const source: TensorSource = {
      tensors: new Map([['t', { name: 't', storage: 'F32', shape: [rows, 1] }]]),
      readRows(_, start = 0, end = rows) {
        asked.push([start, end]);
        return Float32Array.from({ length: end - start }, (__, n) => start + n);
      },
      close() {},
    };
    return { source, asked };
  }

  it('never asks for more than 1,024 rows, and leaves none out', () => {
    const { source, asked } = countingSource(2_049);
    const rows = [...readBlocks(source, ['t'])].flatMap((block) => [...block]);
    expect(rows).toEqual(Array.from({ length: 2_049 }, (_, row) => row));
    expect(asked).toEqual([
      [0, 1_024],
      [1_024, 2_048],
      [2_048, 2_049],
    ]);
  });

  it('names a tensor that the checkpoint lacks', () => {
    const { source } = countingSource(1);
    const reason = 'the checkpoint has no tensor "absent"';
    expect(() => [...readBlocks(source, ['absent'])]).toThrow(reason);
    const linear = { stored: 's', role: 'down' as const, weights: ['absent'], biases: [], norm: null };
    expect(() => linearSize(source, linear)).toThrow(reason);
  });
});
