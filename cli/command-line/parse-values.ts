import { UsageError } from '#cli/command-line/usage-error.ts';

/**
 * An integer flag in [min, max].
 * @throws UsageError naming the flag, the value and the limits
 */
export function parseInteger(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${flag} must be an integer from ${min} to ${max}, not "${text}".`);
}

/**
 * One of a list of words.
 * @throws UsageError naming the flag, the value and the choices
 */
export function parseChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`--${flag} must be one of ${choices.join(', ')}, not "${text}".`);
}

/** @throws UsageError naming the flag, the value and the limits */
export function parseNumber(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${flag} must be a number from ${min} to ${max}, not "${text}".`);
}
