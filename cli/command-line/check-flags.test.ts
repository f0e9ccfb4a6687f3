import type { ArgsDef } from 'citty';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFlags } from '#cli/command-line/check-flags.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';

const definitions = {
  query: { type: 'string', required: true },
  documents: { type: 'string' },
  'top-n': { type: 'string', alias: 'n' },
  json: { type: 'boolean' },
} as const satisfies ArgsDef;

const refusal = (words: readonly string[]): string => {
  try {
    checkFlags(words, definitions);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${words.join(' ')}`);
};

describe('checkFlags', () => {
  it('brings every accepted form to --name=value', () => {
    expect(checkFlags(['--query', 'a b', '-n', '3', '--json', '--documents=-'], definitions)).toEqual([
      '--query=a b',
      '--top-n=3',
      '--json',
      '--documents=-',
    ]);
  });

  it.each([
    [['--query', 'x', '--jsno'], 'Unknown flag --jsno: did you mean --json?'],
    [['--query', 'x', '--zzzzzz=1'], 'Unknown flag --zzzzzz: the flags are --query, --documents, --top-n, --json.'],
    [['--query', 'x', '--no-json'], 'Unknown flag --no-json: did you mean --json?'],
    [['--query', 'x', '-j'], 'Unknown flag -j: the flags are --query, --documents, --top-n, --json.'],
    [['--json'], '--query is required.'],
    [['--query'], '--query needs a value.'],
    [['--query', '--json'], '--query needs a value; if "--json" is it, write --query=--json'],
    [['--query', 'x', '--query=y'], '--query is given twice.'],
    [['--query', 'x', '--json=yes'], '--json takes no value, but was given "yes".'],
    [['--query', 'where', 'is', 'it'], 'Unexpected "is"; a value with spaces needs quotes.'],
  ])('refuses %j in one sentence', (words, sentence) => {
    expect(refusal(words)).toBe(sentence);
  });

  it('asks for a word that must stand, and takes it', () => {
    const withPath = { path: { type: 'positional', required: true }, ...definitions } as const satisfies ArgsDef;
    expect(() => checkFlags(['--json'], withPath)).toThrow('PATH and --query are required.');
    expect(checkFlags(['a/b', '--query=x'], withPath)).toEqual(['--query=x', '--', 'a/b']);
  });

  it('takes any text as the value behind an equals sign, and standard input as -', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(checkFlags([`--query=${text}`], definitions)).toEqual([`--query=${text}`]);
      }),
    );
    expect(checkFlags(['--query', '-'], definitions)).toEqual(['--query=-']);
  });

  it('never lets a word through that is no flag of the command', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        try {
          for (const word of checkFlags(words, definitions))
            expect(word).toMatch(/^--(query|documents|top-n)=|^--json$/s);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
