import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '#infra/local/local-stack.ts';
import { externalObjectStore } from '#test/support/external-object-store.ts';

export interface TemporaryState {
  readonly folder: string;
  remove(): Promise<void>;
}

/** An empty state folder for one test file. Converted weights are shared by all, because making them takes longer than the tests. */
export async function createTemporaryState(): Promise<TemporaryState> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-stack-'));
  await mkdir(convertedWeightsFolder, { recursive: true });
  await symlink(convertedWeightsFolder, join(folder, 'cache'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface LocalSystem extends LocalStack {
  /** What the start said, line by line. */
  readonly lines: readonly string[];
}

/**
 * The whole product on free ports of this machine: edge in workerd, one worker process, the real model in int8. Adapters lie in `objectStore`, else
 * in the S3 server that the environment names, else in the simulator.
 */
export async function startLocalSystem(
  stateFolder: string,
  objectStore: LocalObjectStore | undefined = externalObjectStore(),
  changes: Partial<Pick<LocalStackOptions, 'workers' | 'tracing'>> = {},
): Promise<LocalSystem> {
  const lines: string[] = [];
  const stack = await startLocalStack(
    {
      port: 0,
      workers: 1,
      precision: 'int8',
      training: false,
      modelPath: await fetchDefaultModel(),
      stateFolder,
      ...(objectStore === undefined ? {} : { objectStore }),
      say: (line) => void lines.push(line),
      ...changes,
    },
    new AbortController().signal,
  );
  return { ...stack, lines };
}
