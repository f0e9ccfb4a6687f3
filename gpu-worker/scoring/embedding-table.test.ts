import { describe, expect, it } from 'vitest';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { countingTable } from '#test/support/counting-table.ts';

describe('EmbeddingTable', () => {
  it('gathers rows in the order of the ids, repeated ones too', () => {
    const table = new EmbeddingTable(countingTable(4, 2).source);
    expect(table).toMatchObject({ rows: 4, width: 2 });
    expect(table.gather([3, 0, 3])).toEqual(Float32Array.of(30, 31, 0, 1, 30, 31));
    expect(table.gather([])).toEqual(new Float32Array(0));
  });

  it.each([-1, 4, 1.5, Number.NaN])('refuses the id %d and names it and the vocabulary', (id) => {
    const { source, reads } = countingTable(4, 2);
    const table = new EmbeddingTable(source);
    expect(() => table.gather([0, id])).toThrow(`token id ${id} is outside the vocabulary of 4`);
    expect(reads).toEqual([0]);
  });

  it('reads a row once', () => {
    const { source, reads } = countingTable(4, 2);
    const table = new EmbeddingTable(source);
    table.gather([2, 1, 2]);
    table.gather([1, 2]);
    expect(reads).toEqual([2, 1]);
  });

  it('keeps its rows whatever is written into what it gathered', () => {
    const table = new EmbeddingTable(countingTable(4, 2).source);
    table.gather([1, 2]).fill(-1);
    table.embed([{ ids: [1] }, { ids: [2] }]).fill(-1);
    expect(table.gather([1, 2])).toEqual(Float32Array.of(10, 11, 20, 21));
  });

  it('embeds a sequence of ids and rows in its order', () => {
    const table = new EmbeddingTable(countingTable(4, 2).source);
    const sequence = table.embed([{ ids: [1] }, { rows: Float32Array.of(7, 8, 9, 10) }, { ids: [] }, { ids: [0, 2] }]);
    expect(sequence).toEqual(Float32Array.of(10, 11, 7, 8, 9, 10, 0, 1, 20, 21));
  });
});
