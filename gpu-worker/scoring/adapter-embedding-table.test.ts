import { describe, expect, it } from 'vitest';
import { AdapterEmbeddingTable } from '#gpu-worker/scoring/adapter-embedding-table.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { countingTable } from '#test/support/counting-table.ts';
import { smallRetrieveAdapter } from '#test/support/small-adapter.ts';

describe('AdapterEmbeddingTable', () => {
  it('has the adapter’s rows over the frozen ones', () => {
    const { source, reads } = countingTable(4, 2);
    const values = Float32Array.of(-1, -2, -3, -4);
    const adapter = smallRetrieveAdapter(2, { kind: 'rows', rows: Int32Array.of(0, 2), values });
    const table = new AdapterEmbeddingTable(adapter, new EmbeddingTable(source));
    expect(table.gather([2, 1, 0, 2])).toEqual(Float32Array.of(-3, -4, 10, 11, -1, -2, -3, -4));
    expect(reads).toEqual([1]);
  });

  it('never reads the frozen table where the adapter stores a whole one', () => {
    const { source, reads } = countingTable(2, 2);
    const adapter = smallRetrieveAdapter(2, { kind: 'table', values: Float32Array.of(5, 6, 7, 8) });
    expect(new AdapterEmbeddingTable(adapter, new EmbeddingTable(source)).gather([1, 0])).toEqual(
      Float32Array.of(7, 8, 5, 6),
    );
    expect(reads).toEqual([]);
  });

  it('leaves the frozen table, and the other adapters on it, as they are', () => {
    const frozen = new EmbeddingTable(countingTable(4, 2).source);
    const values = Float32Array.of(-1, -2);
    const trained = new AdapterEmbeddingTable(
      smallRetrieveAdapter(2, { kind: 'rows', rows: Int32Array.of(1), values }),
      frozen,
    );
    trained.gather([0, 1]).fill(9);
    expect(frozen.gather([0, 1])).toEqual(Float32Array.of(0, 1, 10, 11));
    expect(new AdapterEmbeddingTable(smallRetrieveAdapter(2), frozen).gather([1])).toEqual(Float32Array.of(10, 11));
    expect(trained.gather([1])).toEqual(values);
  });

  it('refuses ids outside the vocabulary', () => {
    const table = new AdapterEmbeddingTable(smallRetrieveAdapter(2), new EmbeddingTable(countingTable(4, 2).source));
    expect(() => table.gather([4])).toThrow('token id 4 is outside the vocabulary of 4');
  });
});
