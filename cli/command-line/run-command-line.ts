import { inspect, stripVTControlCharacters } from 'node:util';
import { runCommand } from 'citty';
import { checkFlags } from '#cli/command-line/check-flags.ts';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { type CommandEntry, commandTable } from '#cli/command-line/command-table.ts';
import { describeFailure, exitCodes } from '#cli/command-line/describe-failure.ts';
import { nearestNames } from '#cli/command-line/nearest-names.ts';
import { renderCommandHelp, renderProgramHelp } from '#cli/command-line/render-help.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';

export interface CommandLineEnvironment {
  readonly version: string;
  /** Stack traces behind the sentence, for whoever mends Hintrank itself. */
  readonly debug: boolean;
}

/** Runs one command line and returns the exit code. Every failure ends as one sentence on standard error. */
export async function runCommandLine(
  words: readonly string[],
  io: CommandIo,
  environment: CommandLineEnvironment,
): Promise<number> {
  try {
    await dispatch(words, io, environment);
    return exitCodes.ok;
  } catch (error) {
    if (environment.debug) io.stderr.write(`${inspect(error)}\n`);
    if (io.signal.aborted) {
      io.stderr.write('hintrank: stopped.\n');
      return io.signal.reason === 'SIGTERM' ? exitCodes.SIGTERM : exitCodes.SIGINT;
    }
    const { sentence, exitCode } = describeFailure(error);
    if (sentence !== '') io.stderr.write(`hintrank: ${sentence}\n`);
    if (exitCode === exitCodes.usage) io.stderr.write(`${whereToRead(words)}\n`);
    return exitCode;
  }
}

async function dispatch(words: readonly string[], io: CommandIo, environment: CommandLineEnvironment): Promise<void> {
  const [first] = words;
  if (first === '--version' || first === '-v') return io.print(`${environment.version}\n`);
  if (first === '--help' || first === '-h' || first === 'help')
    return io.print(renderProgramHelp(commandTable, environment.version));
  const entry = findCommand(words);
  if (entry === undefined) throw unknownCommand(words);
  const command = await entry.load();
  const rest = words.slice(entry.words.split(' ').length);
  if (asksForHelp(rest)) {
    const help = await renderCommandHelp(entry, command);
    return io.print(
      io.stdout.isTTY === true && process.env['NO_COLOR'] === undefined ? help : stripVTControlCharacters(help),
    );
  }
  const definitions = await (typeof command.args === 'function' ? command.args() : command.args);
  await runCommand(command, { rawArgs: checkFlags(rest, definitions ?? {}), data: io });
}

function findCommand(words: readonly string[]): CommandEntry | undefined {
  return commandTable.find((entry) => entry.words.split(' ').every((word, index) => words[index] === word));
}

/** Only before `--`, and not where a value stands: `--query=-h` is a query. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h');
}

function unknownCommand(words: readonly string[]): UsageError {
  const names = commandTable.map((entry) => entry.words);
  if (words.length === 0) return new UsageError(`Name a command: ${names.join(', ')}.`);
  const [first = ''] = words;
  const written = words.slice(0, 2).join(' ');
  const partners = names.filter((name) => name.startsWith(`${first} `));
  if (partners.length > 0) return new UsageError(`"${first}" needs a second word: ${partners.join(', ')}.`);
  const near = [...new Set([...nearestNames(first, names), ...nearestNames(written, names)])];
  return new UsageError(
    `Unknown command "${first}": ${near.length > 0 ? `did you mean ${near.join(' or ')}?` : `the commands are ${names.join(', ')}.`}`,
  );
}

function whereToRead(words: readonly string[]): string {
  const entry = findCommand(words);
  return entry === undefined ? 'Try: hintrank --help' : `Try: hintrank ${entry.words} --help`;
}
