import { type GgufEntry, type GgufTensorToWrite, writeGguf } from '#test/support/write-gguf.ts';

/** Sizes of the small model: one layer, hidden 32, 2 query heads of 16, 1 key/value head, feed-forward 64, vocabulary 3. */
const smallGgufSizes = {
  hidden: 32,
  heads: 2,
  keyValueHeads: 1,
  headSize: 16,
  feedForward: 64,
  vocabulary: 3,
} as const;

export const smallGgufMetadata: readonly GgufEntry[] = [
  { key: 'general.architecture', type: 'string', value: 'llama' },
  { key: 'llama.block_count', type: 'uint32', value: 1 },
  { key: 'llama.context_length', type: 'uint32', value: 128 },
  { key: 'llama.embedding_length', type: 'uint32', value: smallGgufSizes.hidden },
  { key: 'llama.feed_forward_length', type: 'uint32', value: smallGgufSizes.feedForward },
  { key: 'llama.attention.head_count', type: 'uint32', value: smallGgufSizes.heads },
  { key: 'llama.attention.head_count_kv', type: 'uint32', value: smallGgufSizes.keyValueHeads },
  { key: 'llama.attention.layer_norm_rms_epsilon', type: 'float32', value: 1e-5 },
  { key: 'llama.rope.freq_base', type: 'float32', value: 10_000 },
  { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
  { key: 'tokenizer.ggml.add_bos_token', type: 'bool', value: 0 },
  { key: 'tokenizer.ggml.tokens', type: 'strings', value: ['a', 'b', 'Ġ'] },
  { key: 'tokenizer.ggml.token_type', type: 'int32s', value: [1, 1, 1] },
  { key: 'general.parameter_count', type: 'uint64', value: 2 ** 40 },
];

/** Name and row-major shape of the float32 tensors of the small model. */
export const smallGgufShapes: readonly (readonly [string, readonly number[]])[] = [
  ['token_embd.weight', [3, 32]],
  ['output_norm.weight', [32]],
  ['blk.0.attn_norm.weight', [32]],
  ['blk.0.attn_q.weight', [32, 32]],
  ['blk.0.attn_k.weight', [16, 32]],
  ['blk.0.attn_v.weight', [16, 32]],
  ['blk.0.attn_output.weight', [32, 32]],
  ['blk.0.ffn_norm.weight', [32]],
  ['blk.0.ffn_gate.weight', [64, 32]],
  ['blk.0.ffn_up.weight', [64, 32]],
  ['blk.0.ffn_down.weight', [32, 64]],
];

/** A float32 tensor whose element i is `start + i`: every place in it can be told apart. */
export function countingTensor(name: string, shape: readonly number[], start = 0): GgufTensorToWrite {
  const elements = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: elements }, (_, index) => start + index);
  return { name, shape, type: 0, data: new Uint8Array(values.buffer) };
}

/** The small `llama` model as GGUF bytes, with metadata and tensors added or replaced by key and name. */
export function smallGguf(metadata: readonly GgufEntry[] = [], tensors: readonly GgufTensorToWrite[] = []): Uint8Array {
  const entries = new Map([...smallGgufMetadata, ...metadata].map((entry) => [entry.key, entry]));
  const stored = new Map(
    [...smallGgufShapes.map(([name, shape]) => countingTensor(name, shape)), ...tensors].map((tensor) => [
      tensor.name,
      tensor,
    ]),
  );
  return writeGguf({ metadata: [...entries.values()], tensors: [...stored.values()] });
}
