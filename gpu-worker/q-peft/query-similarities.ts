import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';

/** Cosines that are kept at most, 8 bytes each: those of 3,000 different tokens with a question of 11. */
const cosinesMax = 32_768;

/**
 * Cosines of one query with documents, each token's with the query computed once: a third of a passage's tokens stand in it already, and most of the
 * others in the request's other passages.
 */
export class QuerySimilarities {
  readonly #query: Float32Array;
  readonly #frozen: RowSource & { readonly width: number };
  /** float64 [|q|] of each document token so far. */
  readonly #columns = new Map<number, Float64Array>();

  /** @param query rows of E', float32 [|q|, D] @param frozen the table E of document tokens */
  constructor(query: Float32Array, frozen: RowSource & { readonly width: number }) {
    this.#query = query;
    this.#frozen = frozen;
  }

  /** float64 [|q|, |d|]. */
  of(document: readonly number[]): Float64Array {
    this.#add(document);
    const rows = this.#query.length / this.#frozen.width;
    const cosines = new Float64Array(rows * document.length);
    for (const [position, id] of document.entries()) {
      const column = this.#columns.get(id);
      if (column === undefined) throw new Error(`no similarity of token ${id} was computed`);
      for (let row = 0; row < rows; row += 1) cosines[row * document.length + position] = column[row] ?? 0;
    }
    return cosines;
  }

  #add(document: readonly number[]): void {
    const rows = this.#query.length / this.#frozen.width;
    if (this.#columns.size * rows > cosinesMax) this.#columns.clear();
    const missing = [...new Set(document)].filter((id) => !this.#columns.has(id));
    const made = cosineSimilarity(this.#query, this.#frozen.gather(missing), this.#frozen.width);
    for (const [index, id] of missing.entries())
      this.#columns.set(
        id,
        Float64Array.from({ length: rows }, (_, row) => made[row * missing.length + index] ?? 0),
      );
  }
}
