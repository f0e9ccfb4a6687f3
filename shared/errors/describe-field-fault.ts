import type { z } from 'zod';
import { valueAt } from '#shared/errors/value-at.ts';

/** Characters of a text that is shown; a longer one is no setting that somebody typed. */
const shownCharactersMax = 80;

/**
 * What is wrong with one field of a file or of settings: its name, its value and what it may be (`threads is 300: Too big: expected number to be <=256`).
 * A value is shown where it is a number, a word or null; a field that is missing and a rule of our own say what is needed by themselves. Not for texts
 * of callers, and not for secrets. `whole` — the name of the input itself, `shownName` — of a field, by its path.
 */
export function describeFieldFault(
  issue: z.core.$ZodIssue | undefined,
  input: unknown,
  { whole, shownName = (path) => path.join('.') }: FieldNames,
): string {
  if (issue === undefined) return `${whole}: is not valid`;
  const name = issue.path.length === 0 ? whole : shownName(issue.path);
  const shown = issue.code === 'custom' || issue.path.length === 0 ? '' : describeValue(valueAt(input, issue.path));
  const isPredicate = shown !== '' && issue.message.startsWith('is ');
  return `${name}${shown}${isPredicate ? ', which' : ':'} ${issue.message}`;
}

export interface FieldNames {
  readonly whole: string;
  readonly shownName?: (path: readonly PropertyKey[]) => string;
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return value.length <= shownCharactersMax ? ` is ${JSON.stringify(value)}` : '';
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? ` is ${value}` : '';
}
