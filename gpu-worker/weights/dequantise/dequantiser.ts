/**
 * Unpacks `blocks` whole blocks from the start of `bytes` into `out` from index `outStart`. Little-endian input at any byte alignment. The caller has
 * checked the lengths: nothing is checked or allocated here, these are the hottest loops of opening a model.
 */
export type Dequantiser = (bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number) => void;
