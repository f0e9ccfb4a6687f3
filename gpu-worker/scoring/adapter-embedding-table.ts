import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/** The adapter's table E' [V, D]: its changed rows over the frozen E (an adapter stores only rows that training touched). */
export class AdapterEmbeddingTable {
  readonly #frozen: EmbeddingTable;
  readonly #rows: ReadonlyMap<number, Float32Array>;

  constructor(adapter: AdapterFile, frozen: EmbeddingTable) {
    this.#frozen = frozen;
    this.#rows = rowsById(adapter);
  }

  /** float32 [ids, D]. */
  gather(ids: readonly number[]): Float32Array {
    const width = this.#frozen.width;
    const gathered = new Float32Array(ids.length * width);
    for (const [index, id] of ids.entries()) {
      gathered.set(this.#rows.get(id) ?? this.#frozen.row(id), index * width);
    }
    return gathered;
  }
}

function rowsById(adapter: AdapterFile): Map<number, Float32Array> {
  const { embedding, hiddenSize } = adapter;
  const rows = new Map<number, Float32Array>();
  if (embedding === null) return rows;
  const ids =
    embedding.kind === 'rows'
      ? embedding.rows
      : Array.from({ length: embedding.values.length / hiddenSize }, (_, n) => n);
  for (const [index, id] of ids.entries()) {
    rows.set(id, embedding.values.subarray(index * hiddenSize, (index + 1) * hiddenSize));
  }
  return rows;
}
