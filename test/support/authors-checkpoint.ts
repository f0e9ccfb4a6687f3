import { decodeHalfFloats, encodeHalfFloats } from '#shared/safetensors/half-float.ts';
import type { TensorToWrite } from '#shared/safetensors/write-safetensors.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

type AuthorsDtype = 'F32' | 'F16' | 'BF16';

/** Values as a safetensors file holds them in a type, to nearest. */
export function encode(values: Float32Array, dtype: AuthorsDtype): ArrayBufferView {
  if (dtype === 'F32') return values;
  if (dtype === 'F16') return encodeHalfFloats(values);
  const bits = new Uint32Array(values.slice().buffer);
  return Uint16Array.from(bits, (value) => (value + 0x7fff + ((value >>> 16) & 1)) >>> 16);
}

/** What a reader makes of `encode`. */
function decode(values: Float32Array, dtype: AuthorsDtype): Float32Array {
  if (dtype === 'F32') return values;
  const { buffer } = encode(values, dtype);
  return dtype === 'F16'
    ? decodeHalfFloats(new Uint8Array(buffer))
    : new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}

export interface AuthorsCheckpoint {
  readonly tensors: TensorToWrite[];
  /** The same values as read back, by tensor name. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/**
 * A checkpoint as the authors' training leaves it: E' whole, a copy of E in the checkpoint's type but for `changedRows`, and random dense layers.
 * @param frozen E, float32 [V, D]
 */
export function makeAuthorsCheckpoint(
  frozen: Float32Array,
  width: number,
  { dtype = 'F32' as AuthorsDtype, changedRows = [] as readonly number[], attention = false } = {},
): AuthorsCheckpoint {
  const normal = seededNormal(17);
  const random = (length: number, scale: number) => Float32Array.from({ length }, () => scale * normal());
  const table = frozen.slice();
  for (const row of changedRows) table.set(random(width, 1), row * width);
  const square = 1 / Math.sqrt(width);
  const made: [string, number[], Float32Array][] = [
    ['docspec_embeddings.weight', [table.length / width, width], table],
    ['doc_multi_layers.0.weight', [width, width], random(width ** 2, square)],
    ['doc_multi_layers.0.bias', [width], random(width, 0.5)],
    ['doc_multi_layers.2.weight', [width, width], random(width ** 2, square)],
    ['doc_multi_layers.2.bias', [width], random(width, 0.5)],
  ];
  if (attention) {
    made.push(
      ['docspec_attention.in_proj_weight', [3 * width, width], random(3 * width ** 2, square)],
      ['docspec_attention.in_proj_bias', [3 * width], random(3 * width, 0.5)],
      ['docspec_attention.out_proj.weight', [width, width], random(width ** 2, square)],
      ['docspec_attention.out_proj.bias', [width], random(width, 0.5)],
    );
  }
  return {
    tensors: made.map(([name, shape, values]) => ({ name, dtype, shape, data: encode(values, dtype) })),
    values: new Map(made.map(([name, , values]) => [name, decode(values, dtype)])),
  };
}
