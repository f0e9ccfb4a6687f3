/** IEEE 754 binary16 ↔ binary32, without the platform's Float16Array (Node 22 has none). */

/** All 65,536 values, 256 KiB, made at the first use: a look-up is several times faster than the arithmetic, and weights have millions. */
let valueByBits: Float32Array | undefined;

function valueTable(): Float32Array {
  valueByBits ??= Float32Array.from({ length: 65_536 }, (_, index) => computeHalfValue(index));
  return valueByBits;
}

/** The value of a half float's 16 bits; exact. */
export function halfToFloat(bits: number): number {
  return valueTable()[bits & 0xffff] ?? Number.NaN;
}

function computeHalfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const floatCell = new Float32Array(1);
const bitsCell = new Uint32Array(floatCell.buffer);

/** The nearest half float's bits, ties to even; beyond ±65,504 (rounded) infinity, below half the smallest subnormal a signed zero. */
export function floatToHalf(value: number): number {
  floatCell[0] = value;
  const bits = bitsCell[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65,520 = 0x477ff000 is the tie between the largest half and 2^16; its even neighbour is infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // Normal: move the exponent's bias from 127 to 15 and drop 13 bits, rounding to even.
    const roundingBias = 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((magnitude - 0x38000000 + roundingBias) >>> 13);
  }
  // Subnormal: count units of 2^-24. The product is exact in float64, so one rounding happens, here.
  floatCell[0] = value;
  const units = Math.abs(floatCell[0] ?? 0) * 2 ** 24;
  const whole = Math.floor(units);
  const fraction = units - whole;
  const roundUp = fraction > 0.5 || (fraction === 0.5 && whole % 2 === 1);
  return sign | (whole + (roundUp ? 1 : 0));
}

/** Little-endian half floats to float32; works at any alignment. */
export function decodeHalfFloats(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.byteLength >> 1);
  if (littleEndian && bytes.byteOffset % 2 === 0) {
    const table = valueTable();
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, values.length);
    for (let index = 0; index < values.length; index += 1) values[index] = table[halves[index] ?? 0] ?? Number.NaN;
    return values;
  }
  for (let index = 0; index < values.length; index += 1) {
    values[index] = halfToFloat((bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8));
  }
  return values;
}

/** float32 to little-endian half floats, rounded to nearest even. */
export function encodeHalfFloats(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  for (let index = 0; index < values.length; index += 1) {
    const half = floatToHalf(values[index] ?? 0);
    bytes[2 * index] = half & 0xff;
    bytes[2 * index + 1] = half >>> 8;
  }
  return bytes;
}
