import { type ArgsDef, type CommandDef, renderUsage } from 'citty';
import type { CommandEntry } from '#cli/command-line/command-table.ts';

/** Help of the whole program: its commands and where to read on. */
export function renderProgramHelp(table: readonly CommandEntry[], version: string): string {
  const width = Math.max(...table.map((entry) => entry.words.length));
  return [
    `hintrank ${version}: documents ordered by how well each explains the query.`,
    '',
    'Usage: hintrank COMMAND [FLAGS]',
    '',
    ...table.map((entry) => `  ${entry.words.padEnd(width)}  ${entry.summary}`),
    '',
    'hintrank COMMAND --help shows the flags and examples of a command; hintrank --version the version.',
    'Exit codes: 0 ok, 1 fault, 2 wrong usage, 130 stopped by Ctrl-C. HINTRANK_DEBUG=1 shows stack traces.',
    '',
  ].join('\n');
}

/** Help of one command: citty's usage, then the examples. */
export async function renderCommandHelp(entry: CommandEntry, command: CommandDef<ArgsDef>): Promise<string> {
  const usage = await renderUsage(command, { meta: { name: 'hintrank' } });
  return `${usage.trimEnd()}\n\nEXAMPLES\n\n${entry.examples.map((example) => `  ${example}`).join('\n')}\n`;
}
