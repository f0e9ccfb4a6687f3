/** 1,001 for 1001, whatever the machine's locale; a number too large to be a count keeps its exponent (1e+308 has 309 digits). */
export function formatCount(value: number): string {
  return Number.isSafeInteger(value) ? value.toLocaleString('en-US') : String(value);
}
