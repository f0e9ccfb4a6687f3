import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryFolder } from '#test/support/source-files.ts';

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the package's `bin` as a user's shell would. `variables` are set beside those of this process. */
export function spawnHintrank(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [join(repositoryFolder, 'cli', 'bin.mjs'), ...words], {
    cwd: repositoryFolder,
    env: { ...process.env, ...variables },
    stdio: 'pipe',
  });
}

/** Runs one command to its end, with `input` on standard input. */
export async function runHintrank(
  words: readonly string[],
  input = '',
  variables: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawnHintrank(words, variables);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return collect(child);
}

/** What a child prints until it ends. */
export async function collect(child: ChildProcessWithoutNullStreams): Promise<CommandResult> {
  const exit = new Promise<number | null>((resolve) => void child.on('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, exitCode };
}
