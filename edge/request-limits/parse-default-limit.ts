/**
 * Reads DEFAULT_REQUESTS_PER_MINUTE: a whole number that one of the limiters has, or 0. `offered` — the limiters' requests per minute. Absent: 600 where
 * that is offered, else no limit. What is wrong is added to `problems`.
 */
export function parseDefaultLimit(text: string | undefined, offered: readonly number[], problems: string[]): number {
  if (text === undefined || text === '') return offered.includes(usualLimit) ? usualLimit : 0;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value === 0 || offered.includes(value)) return value;
  const allowed = [0, ...offered].join(', ');
  problems.push(
    `DEFAULT_REQUESTS_PER_MINUTE is "${text}"; it must be one of ${allowed}: for another number add a binding RATE_LIMIT_number`,
  );
  return 0;
}

/** Requests per minute that a service's own backend seldom needs, and that keep one key from taking the whole of a worker. */
const usualLimit = 600;
