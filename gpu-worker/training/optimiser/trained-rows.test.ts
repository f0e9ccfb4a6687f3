import { describe, expect, it } from 'vitest';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';
import {
  gatherRows,
  packRows,
  stepRows,
  type TrainedRows,
  unpackRows,
} from '#gpu-worker/training/optimiser/trained-rows.ts';

const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 } as const;
const width = 2;

/** Row n is [n, n + 0.5]. */
const base: RowSource = { gather: (ids) => Float32Array.from(ids.flatMap((id) => [id, id + 0.5])) };

function step(rows: TrainedRows, number: number, gradients: Record<number, readonly number[]>): void {
  const byId = new Map(Object.entries(gradients).map(([id, values]) => [Number(id), Float32Array.from(values)]));
  stepRows(rows, base, byId, number, 0.01, settings);
}

describe('rows of E′', () => {
  it('are the base’s, bit for bit, until they have a gradient', () => {
    const rows: TrainedRows = new Map();
    step(rows, 1, { 7: [1, -1], 3: [0, 0] });
    expect([...rows.keys()]).toEqual([7]);
    expect(gatherRows(rows, base, [3, 9])).toEqual(base.gather([3, 9]));
    expect(gatherRows(rows, base, [7])).not.toEqual(base.gather([7]));
  });

  it('move on once touched, when they have no gradient any more', () => {
    const rows: TrainedRows = new Map();
    step(rows, 1, { 7: [1, -1] });
    const before = gatherRows(rows, base, [7]);
    step(rows, 2, { 8: [1, 1] });
    expect(gatherRows(rows, base, [7])).not.toEqual(before);
    expect([...rows.keys()].sort()).toEqual([7, 8]);
  });

  it('go on from a checkpoint as if nothing had happened, and leave the checkpoint alone', () => {
    const rows: TrainedRows = new Map();
    step(rows, 1, { 9: [1, -1], 2: [0.5, 2] });
    const packed = packRows(rows, width);
    expect([...packed.ids]).toEqual([2, 9]);
    const resumed = unpackRows(packed, width);
    const copy = structuredClone(packed);
    for (const state of [rows, resumed]) step(state, 2, { 2: [-3, 1], 4: [1, 1] });
    expect(packRows(resumed, width)).toEqual(packRows(rows, width));
    expect(packed).toEqual(copy);
  });
});
