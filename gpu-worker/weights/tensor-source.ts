/** Storage types that the readers dequantise to float32. The K and legacy quants are GGUF's. */
export type StorageType =
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'Q4_0'
  | 'Q4_1'
  | 'Q5_0'
  | 'Q5_1'
  | 'Q8_0'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K';

/** One tensor as a file declares it. Shapes are row-major, outermost first (Hugging Face convention: `Linear.weight` is [out, in]). */
export interface TensorInfo {
  readonly name: string;
  readonly storage: StorageType;
  readonly shape: readonly number[];
}

/** Named tensors of one checkpoint, read on demand: a whole model never has to be in memory. Reads are synchronous (they run in start-up and in worker threads, never on a serving main thread). */
export interface TensorSource {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * Rows [start, end) along the first axis, dequantised: float32 [(end - start) · product of the other axes].
   * @throws ServiceError `invalid_weights` naming tensor, offset and reason
   */
  readRows(name: string, start?: number, end?: number): Float32Array;
  close(): void;
}
