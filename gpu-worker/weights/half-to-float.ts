/** Every IEEE half as a float32, by its 16 bits: a look-up is several times faster than decoding, and the table costs 256 KiB. */
export const halfToFloat: Float32Array = buildTable();

function buildTable(): Float32Array {
  const table = new Float32Array(65_536);
  for (let bits = 0; bits < table.length; bits++) table[bits] = halfOf(bits);
  return table;
}

/** sign · 2^(exponent − 15) · (1 + mantissa / 1024), subnormal at exponent 0, infinite or not a number at 31. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
