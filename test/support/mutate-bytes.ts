import fc from 'fast-check';

/** One thing that goes wrong with a file; positions are fractions of its length, so that a mutation fits any file and shrinks towards the start. */
type Mutation =
  | { readonly kind: 'truncate' | 'delete'; readonly at: number; readonly length: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'byte'; readonly at: number; readonly value: number }
  | { readonly kind: 'uint32' | 'uint64'; readonly at: number; readonly value: bigint }
  | { readonly kind: 'insert'; readonly at: number; readonly length: number };

/** Values that lie best: the edges of signs, of exact doubles, of what can be allocated, and small numbers that nearly fit. */
const lyingValues: readonly bigint[] = [
  0n,
  1n,
  7n,
  31n,
  32n,
  255n,
  1_000n,
  65_536n,
  1n << 24n,
  (1n << 31n) - 1n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 33n,
  (1n << 53n) - 1n,
  1n << 53n,
  1n << 62n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
  (1n << 64n) - 8n,
];

// Not fc.double, which is uniform over bit patterns and so nearly always close to 0.
const fraction = fc.integer({ min: 0, max: 2 ** 30 - 1 }).map((step) => step / 2 ** 30);
const lie = fc.oneof(fc.constantFrom(...lyingValues), fc.bigInt({ min: 0n, max: 300n }));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('truncate' as const, 'delete' as const),
    at: fraction,
    length: fc.integer({ min: 1, max: 64 }),
  }),
  fc.record({ kind: fc.constant('flip' as const), at: fraction, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant('byte' as const), at: fraction, value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constantFrom('uint32' as const, 'uint64' as const), at: fraction, value: lie }),
  fc.record({ kind: fc.constant('insert' as const), at: fraction, length: fc.integer({ min: 1, max: 64 }) }),
);

/**
 * Copies of a file with one to three faults: cut short, bits flipped, bytes removed or added, integers overwritten by lies.
 * @param hotBytes most faults are put into this many bytes from the start (the header)
 * @param fieldOffsets where integers are known to be; half of the lies go there
 */
export function mutatedBytes(
  file: Uint8Array,
  hotBytes: number,
  fieldOffsets: readonly number[],
): fc.Arbitrary<Uint8Array> {
  const placed = fc.record({
    mutation,
    hot: fc.integer({ min: 0, max: 9 }).map((draw) => draw < 9),
    field: fc.option(fc.constantFrom(...fieldOffsets), { freq: 1 }),
  });
  return fc.array(placed, { minLength: 1, maxLength: 3 }).map((faults) =>
    faults.reduce((bytes, fault) => {
      const position = Math.floor(fault.mutation.at * Math.min(bytes.length, fault.hot ? hotBytes : bytes.length));
      const isLie = fault.mutation.kind === 'uint32' || fault.mutation.kind === 'uint64';
      return apply(bytes, fault.mutation, isLie && fault.field !== null ? fault.field : position);
    }, file),
  );
}

function apply(bytes: Uint8Array, fault: Mutation, at: number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  switch (fault.kind) {
    case 'truncate':
      return copy.subarray(0, at);
    case 'delete':
      return joined(copy.subarray(0, at), copy.subarray(at + fault.length));
    case 'insert':
      return joined(copy.subarray(0, at), copy.subarray(0, fault.length), copy.subarray(at));
    case 'flip':
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << fault.bit);
      return copy;
    case 'byte':
      if (at < copy.length) copy[at] = fault.value;
      return copy;
    case 'uint32':
      if (at + 4 <= copy.length) view.setUint32(at, Number(fault.value & 0xffffffffn), true);
      return copy;
    case 'uint64':
      if (at + 8 <= copy.length) view.setBigUint64(at, fault.value, true);
      return copy;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
