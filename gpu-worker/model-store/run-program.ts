import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramResult {
  /** null when the program was stopped by a signal. */
  readonly exitCode: number | null;
  /** Standard output and error together, the last 64 KiB. */
  readonly output: string;
}

const outputCharactersMax = 65_536;
const hasProcessGroups = process.platform !== 'win32';

/**
 * Runs a program to its end, without a shell. It gets a process group of its own, so that stopping it also stops what it started (version
 * managers put a script in front of python).
 * @returns `'not-found'` when there is no such program
 * @throws the signal's reason, after the program has ended
 */
export async function runProgram(
  command: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<ProgramResult | 'not-found'> {
  signal?.throwIfAborted();
  const [program = '', ...programArguments] = command;
  const child = spawn(program, programArguments, {
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: hasProcessGroups,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputCharactersMax);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const stop = () => killTree(child);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const result = await new Promise<ProgramResult | 'not-found'>((resolve, reject) => {
      child.on('error', (error) => {
        if ('code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) resolve('not-found');
        else reject(error);
      });
      child.on('close', (exitCode) => resolve({ exitCode, output }));
    });
    signal?.throwIfAborted();
    return result;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function killTree(child: ChildProcess): void {
  if (!hasProcessGroups || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
