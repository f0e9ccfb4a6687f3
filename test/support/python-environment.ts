import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PythonEnvironmentOptions {
  /** Folder of the environment. */
  readonly place: string;
  /** What `pip install` is told: requirements, or `-r FILE`. */
  readonly requirements: readonly string[];
  /** Called before anything is fetched. */
  readonly onFetch: () => void;
  readonly signal?: AbortSignal;
}

/** A virtual environment with these packages, made unless it is there. Returns its interpreter. Rejects with what python or pip said. */
export async function pythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const { place, requirements, onFetch, signal } = options;
  if (existsSync(interpreterIn(place))) return interpreterIn(place);
  onFetch();
  // Renamed when it is whole. Of what is in it only scripts know their old path, and none of them is run.
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const python = process.platform === 'win32' ? 'python' : 'python3';
  await run(python, ['-m', 'venv', unfinished], { signal });
  const install = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...requirements];
  await run(interpreterIn(unfinished), install, { maxBuffer: 1 << 26, signal });
  await rename(unfinished, place);
  return interpreterIn(place);
}

function interpreterIn(environment: string): string {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}
