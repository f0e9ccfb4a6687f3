import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimental_getWranglerCommands } from 'wrangler';
import { wranglerCommand, wranglerEnvironment } from '#cli/wrangler/wrangler-command.ts';

/**
 * Does one command of a page as far as this machine can, in the folder that it is called in: `--remote` becomes `--local`, a deployment a dry run. What needs an
 * account is held to the installed wrangler's own commands and flags, what needs a deployment to nothing. Appends to REHEARSAL_LOG how (`ran`, `checked`,
 * `passed over`), and ends with 1 where a command fails or does not exist.
 * Usage: node rehearse-command.ts PROGRAM WORD…, with REHEARSAL_LOG, and REHEARSAL_STATE for the simulators' data
 */
const [program = '', ...words] = process.argv.slice(2);
const { REHEARSAL_LOG = '', REHEARSAL_STATE = '' } = process.env;

type How = 'ran' | 'checked' | 'passed over';

function rehearse(): How {
  if (program === 'npx' && words[0] === 'wrangler') return rehearseWrangler(words.slice(1));
  if (program === 'npm' && words.includes('hintrank')) return checkHintrank(words.slice(words.indexOf('--') + 1));
  if (program === 'npm') return run(['npm', ...words]);
  return 'passed over';
}

function rehearseWrangler(args: readonly string[]): How {
  checkWrangler(args);
  if (args.includes('--remote')) {
    const local = args.map((word) => (word === '--remote' ? '--local' : word));
    return run(wranglerCommand(...local, '--persist-to', REHEARSAL_STATE));
  }
  if (args[0] !== 'deploy') return 'checked';
  return run(wranglerCommand(...args, '--dry-run', '--outdir', join(REHEARSAL_STATE, 'bundle')));
}

/** Throws where wrangler has no such command, or the command no such flag. */
function checkWrangler(args: readonly string[]): void {
  const { registry, globalFlags } = experimental_getWranglerCommands();
  let node: { readonly definition?: unknown; readonly subtree: ReadonlyMap<string, unknown> } = registry;
  const names: string[] = [];
  for (const word of args) {
    const next = node.subtree.get(word) as typeof node | undefined;
    if (next === undefined) break;
    names.push(word);
    node = next;
  }
  const { type, args: known = {} } = (node.definition ?? {}) as { type?: string; args?: object };
  if (type !== 'command') throw new Error(`wrangler has no command ${args.join(' ')}`);
  checkFlags(args, [...Object.keys(known), ...Object.keys(globalFlags)], `wrangler ${names.join(' ')}`);
}

/** The command is not run: it would call the deployment. Its help names its flags. */
function checkHintrank(args: readonly string[]): How {
  const command = args.slice(
    0,
    args.findIndex((word) => word.startsWith('--')),
  );
  const help = spawnSync(process.execPath, ['cli/main.ts', ...command, '--help'], { encoding: 'utf8' });
  if (help.status !== 0)
    throw new Error(`hintrank ${command.join(' ')} --help ended with ${help.status}: ${help.stderr}`);
  checkFlags(
    args,
    [...help.stdout.matchAll(/--([\w-]+)/g)].map(([, name]) => name ?? ''),
    `hintrank ${command.join(' ')}`,
  );
  return 'checked';
}

function checkFlags(args: readonly string[], known: readonly string[], command: string): void {
  const flags = args.flatMap((word) => /^--([\w-]+)/.exec(word)?.[1] ?? []);
  const unknown = flags.find((flag) => !known.includes(flag));
  if (unknown !== undefined) throw new Error(`${command} has no flag --${unknown}`);
}

function run([file = '', ...args]: readonly string[]): How {
  const { status } = spawnSync(file, args, { env: wranglerEnvironment(REHEARSAL_STATE), stdio: 'inherit' });
  if (status !== 0) throw new Error(`${[program, ...words].join(' ')} ended with status ${status}`);
  return 'ran';
}

const how = rehearse();
appendFileSync(REHEARSAL_LOG, `${how}: ${[program, ...words].join(' ')}\n`);
