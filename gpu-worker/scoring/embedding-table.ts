import { LRUCache } from 'lru-cache';
import type { SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** Rows kept dequantised: 8,192 × 576 float32 are 19 MB; text draws most of its tokens from far fewer. */
const cachedRowsMax = 8_192;

/** The frozen input embedding E [V, D], read row by row from the checkpoint: the table is never in memory as a whole. */
export class EmbeddingTable {
  readonly width: number;
  readonly rows: number;
  readonly #source: TensorSource;
  readonly #cache = new LRUCache<number, Float32Array>({ max: cachedRowsMax });

  constructor(source: TensorSource) {
    const info = source.tensors.get('model.embed_tokens.weight');
    const [rows, width] = info?.shape ?? [];
    if (rows === undefined || width === undefined) throw new Error('the checkpoint has no embedding table');
    this.#source = source;
    this.rows = rows;
    this.width = width;
  }

  /** float32 [ids, D]. Ids outside the table throw. */
  gather(ids: readonly number[]): Float32Array {
    const gathered = new Float32Array(ids.length * this.width);
    for (const [index, id] of ids.entries()) gathered.set(this.row(id), index * this.width);
    return gathered;
  }

  /** One row, float32 [D]; do not write to it. */
  row(id: number): Float32Array {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    if (!Number.isInteger(id) || id < 0 || id >= this.rows) {
      throw new Error(`token id ${id} is outside the vocabulary of ${this.rows}`);
    }
    const row = this.#source.readRows('model.embed_tokens.weight', id, id + 1);
    this.#cache.set(id, row);
    return row;
  }

  /** The embeddings of a sequence: float32 [length, D]. */
  embed(parts: readonly SequencePart[]): Float32Array {
    const pieces = parts.map((part) => ('ids' in part ? this.gather(part.ids) : part.rows));
    const whole = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    return whole;
  }
}
