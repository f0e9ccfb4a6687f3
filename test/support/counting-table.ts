import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** A checkpoint that is an embedding table alone: row r is 10·r, 10·r + 1, …; and the rows that were read, in order. */
export function countingTable(rows: number, width: number): { source: TensorSource; reads: number[] } {
  const name = 'model.embed_tokens.weight';
  const reads: number[] = [];
  const source: TensorSource = {
    tensors: new Map([[name, { name, storage: 'F32', shape: [rows, width] }]]),
    readRows(_, start = 0, end = rows) {
      for (let row = start; row < end; row += 1) reads.push(row);
      return Float32Array.from({ length: (end - start) * width }, (__, n) => {
        return 10 * (start + Math.floor(n / width)) + (n % width);
      });
    },
    close() {},
  };
  return { source, reads };
}
