/** Reads rows [start, end) of a stored matrix or bias, row-major float32. */
type ReadRows = (start: number, end: number) => Float32Array;

/**
 * Rows [start, end) of a query or key projection in the split-halves rotary form, from one stored in the interleaved form that GGUF's
 * `llama` architecture uses. Within a head of h rows, split-halves row s · h/2 + p (half s, pair p) is stored as row 2p + s. Whole
 * heads are read, as the rows of a head are spread over all of it.
 * @param headSize h, even
 * @returns float32 [end − start, columns]; biases have one column
 */
export function readUnpermutedRows(readRows: ReadRows, headSize: number, start: number, end: number): Float32Array {
  const firstHeadRow = Math.floor(start / headSize) * headSize;
  const stored = readRows(firstHeadRow, Math.ceil(end / headSize) * headSize);
  const storedRowCount = Math.ceil(end / headSize) * headSize - firstHeadRow;
  const columns = storedRowCount === 0 ? 0 : stored.length / storedRowCount;
  const out = new Float32Array((end - start) * columns);
  for (let row = start; row < end; row++) {
    const from = storedRow(row, headSize) - firstHeadRow;
    out.set(stored.subarray(from * columns, (from + 1) * columns), (row - start) * columns);
  }
  return out;
}

/** The interleaved row that holds split-halves row `row`. */
function storedRow(row: number, headSize: number): number {
  const head = Math.floor(row / headSize);
  const within = row % headSize;
  const pairs = headSize / 2;
  return head * headSize + 2 * (within % pairs) + Math.floor(within / pairs);
}
