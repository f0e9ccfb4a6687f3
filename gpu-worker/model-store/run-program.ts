import { spawn } from 'node:child_process';

export interface ProgramResult {
  /** null when the program was stopped by a signal. */
  readonly exitCode: number | null;
  /** Standard output and error together, the last 64 KiB. */
  readonly output: string;
}

const outputCharactersMax = 65_536;

/**
 * Runs a program to its end, without a shell.
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
  const child = spawn(program, programArguments, { env: { ...variables }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputCharactersMax);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const stop = () => child.kill('SIGKILL');
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
