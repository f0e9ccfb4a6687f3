import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The versions that the step was written for. */
const packages = ['torch==2.15.0', 'transformers==5.23.0', 'gguf==0.19.0'];

/**
 * Puts PyTorch with what it needs into a virtual environment in `folder` (git-ignored) unless it is there, and returns its interpreter.
 * On Linux x64 the index's wheel brings CUDA libraries along, which it loads even where there is no GPU: some 5.6 GB on disk. A CPU-only wheel
 * from another index comes by pip's own settings (PIP_INDEX_URL).
 */
export async function fetchPyTorch(folder: string, onProgress: (sentence: string) => void): Promise<string> {
  const place = join(folder, 'pytorch');
  const interpreterIn = (environment: string) =>
    process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
  if (existsSync(interpreterIn(place))) return interpreterIn(place);
  onProgress(`fetching ${packages.join(', ')} into ${place} (on Linux x64 some 5.6 GB, once)`);
  // Renamed when it is whole. Of what is in it only scripts know their old path, and none of them is run.
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', unfinished]);
  await run(interpreterIn(unfinished), ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...packages], {
    maxBuffer: 1 << 26,
  });
  await rename(unfinished, place);
  return interpreterIn(place);
}
