/**
 * Which of the limits that there are limiters for applies to a key: the one that it was given, or the deployment's default (0: none).
 * A limit that is not offered any more becomes the next lower one, or the lowest: never a higher one than the key was given.
 * `offered` — requests per minute, ascending. undefined: no limit.
 */
export function chooseLimit(
  offered: readonly number[],
  wanted: number | null,
  defaultLimit: number,
): number | undefined {
  const limit = wanted ?? defaultLimit;
  if (limit === 0) return undefined;
  return offered.findLast((one) => one <= limit) ?? offered[0];
}
