/** Requests that get a line: every one; those that failed, fell short, or were slow; those that failed by our own fault. */
const requestLogLevels = ['all', 'notable', 'faults'] as const;
type RequestLogLevel = (typeof requestLogLevels)[number];

export interface RequestLogVariables {
  readonly REQUEST_LOG?: string;
  readonly REQUEST_LOG_SLOW_MS?: string;
}

/** Of which requests a line is written. */
export interface RequestLogSettings {
  /** REQUEST_LOG, default `all`. `notable`: status 400 and above, degraded answers, slow ones; `faults`: status 500 and above, which no level leaves out. */
  readonly level: RequestLogLevel;
  /** REQUEST_LOG_SLOW_MS, default 2000: milliseconds until an answer begins from which on it counts as slow. Too small: `notable` is `all`; too large: slow ones have no line. */
  readonly slowMs: number;
}

export const requestLogDefaults: RequestLogSettings = { level: 'all', slowMs: 2_000 };

/** Longer than any request may take. */
const slowMsMax = 3_600_000;

export function parseRequestLogSettings(
  { REQUEST_LOG: level, REQUEST_LOG_SLOW_MS: slow }: RequestLogVariables,
  problems: string[],
): RequestLogSettings {
  return {
    level: level === undefined || level === '' ? requestLogDefaults.level : parseLevel(level, problems),
    slowMs: slow === undefined || slow === '' ? requestLogDefaults.slowMs : parseMilliseconds(slow, problems),
  };
}

function parseLevel(text: string, problems: string[]): RequestLogLevel {
  const level = requestLogLevels.find((known) => known === text);
  if (level === undefined) problems.push(`REQUEST_LOG is "${text}"; it must be ${requestLogLevels.join(', ')}`);
  return level ?? requestLogDefaults.level;
}

function parseMilliseconds(text: string, problems: string[]): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= slowMsMax) return value;
  problems.push(`REQUEST_LOG_SLOW_MS is "${text}"; it must be a whole number from 0 to ${slowMsMax}`);
  return requestLogDefaults.slowMs;
}
