import type { ArgsDef } from 'citty';
import { nearestNames } from '#cli/command-line/nearest-names.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';

/**
 * Checks `rawArgs` against a command's flags, because citty passes over unknown flags, missing values and stray words in silence,
 * and returns them in the one form that it cannot misread (`--name=value`, `--name`, positional words last).
 * @throws UsageError naming the flag, and the flags that exist
 */
export function checkFlags(rawArgs: readonly string[], definitions: ArgsDef): string[] {
  const flags: string[] = [];
  const words: string[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < rawArgs.length; index++) {
    const word = rawArgs[index] ?? '';
    if (word === '--') {
      words.push(...rawArgs.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const { name, value } = splitFlag(word, definitions);
    if (seen.has(name)) throw new UsageError(`--${name} is given twice.`);
    seen.add(name);
    if (definitions[name]?.type === 'boolean') {
      if (value !== undefined) throw new UsageError(`--${name} takes no value, but was given "${value}".`);
      flags.push(`--${name}`);
    } else {
      flags.push(`--${name}=${value ?? takeValue(name, rawArgs[++index])}`);
    }
  }
  refuseStrayWords(words, definitions);
  refuseMissing(seen, words.length, definitions);
  return words.length === 0 ? flags : [...flags, '--', ...words];
}

function splitFlag(word: string, definitions: ArgsDef): { name: string; value: string | undefined } {
  const equals = word.indexOf('=');
  const written = word.slice(0, equals === -1 ? undefined : equals).replace(/^-{1,2}/, '');
  const value = equals === -1 ? undefined : word.slice(equals + 1);
  const name = word.startsWith('--')
    ? definitions[written]?.type === 'positional'
      ? undefined
      : Object.keys(definitions).find((candidate) => candidate === written)
    : Object.keys(definitions).find((candidate) => aliasesOf(definitions, candidate).includes(written));
  if (name !== undefined) return { name, value };
  throw new UsageError(
    `Unknown flag ${word.slice(0, equals === -1 ? undefined : equals)}: ${suggestion(written, definitions)}`,
  );
}

function suggestion(written: string, definitions: ArgsDef): string {
  const names = Object.keys(definitions).filter((name) => definitions[name]?.type !== 'positional');
  const nearest = nearestNames(written.replace(/^no-/, ''), names);
  const list = (shown: readonly string[]): string => shown.map((name) => `--${name}`).join(', ');
  if (names.length === 0) return 'this command takes no flags.';
  return nearest.length > 0 ? `did you mean ${list(nearest)}?` : `the flags are ${list(names)}.`;
}

function takeValue(name: string, next: string | undefined): string {
  if (next === undefined) throw new UsageError(`--${name} needs a value.`);
  if (next.startsWith('-') && next !== '-') {
    throw new UsageError(`--${name} needs a value; if "${next}" is it, write --${name}=${next}`);
  }
  return next;
}

function refuseStrayWords(words: readonly string[], definitions: ArgsDef): void {
  const positions = Object.values(definitions).filter((definition) => definition.type === 'positional').length;
  if (words.length <= positions) return;
  throw new UsageError(`Unexpected "${words[positions]}"; a value with spaces needs quotes.`);
}

function refuseMissing(seen: ReadonlySet<string>, words: number, definitions: ArgsDef): void {
  const positions = Object.keys(definitions).filter((name) => definitions[name]?.type === 'positional');
  const missing = Object.entries(definitions)
    .filter(([name, definition]) => {
      const position = positions.indexOf(name);
      return definition.required === true && (position === -1 ? !seen.has(name) : position >= words);
    })
    .map(([name]) => (positions.includes(name) ? name.toUpperCase() : `--${name}`));
  if (missing.length > 0)
    throw new UsageError(`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} required.`);
}

function aliasesOf(definitions: ArgsDef, name: string): string[] {
  const definition = definitions[name];
  if (definition === undefined || definition.type === 'positional' || !('alias' in definition)) return [];
  return typeof definition.alias === 'string' ? [definition.alias] : (definition.alias ?? []);
}
