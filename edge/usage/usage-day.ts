const dayMs = 86_400_000;

/** The day (UTC) of a time in unix milliseconds: `2026-11-23`. */
export function usageDay(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 10);
}

/** Unix milliseconds at which the next day (UTC) begins. */
export function nextDayMs(unixMs: number): number {
  return (Math.floor(unixMs / dayMs) + 1) * dayMs;
}

/** So many days after the day; `-1`: the one before. */
export function addDays(day: string, count: number): string {
  return usageDay(Date.parse(day) + count * dayMs);
}

/** Days from the first to the last, both counted. */
export function countDays(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / dayMs + 1;
}
