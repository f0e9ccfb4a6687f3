import { join } from 'node:path';
import { repositoryFolder } from '#test/support/source-files.ts';

/** What benchmarks convert and fetch; git-ignored. */
export const benchmarkStateFolder = join(repositoryFolder, '.hintrank');

/** @throws Error naming the flag and the value */
export function positiveInteger(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`--${flag} must be a whole number from 1 to 999999, not "${text}".`);
}
