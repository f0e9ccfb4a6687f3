/** 1,001 for 1001, whatever the machine's locale. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}
