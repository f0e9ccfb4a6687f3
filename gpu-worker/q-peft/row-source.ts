/** An embedding table by rows: the frozen E, or E' of an adapter. */
export interface RowSource {
  /** float32 [ids, D]. */
  gather(ids: readonly number[]): Float32Array;
}
