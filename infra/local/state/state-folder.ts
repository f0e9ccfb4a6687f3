import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { type LocalSecrets, readOrCreateSecrets } from '#infra/local/state/local-secrets.ts';
import { writePrivateFile } from '#infra/local/state/write-private-file.ts';

/** What scripts read while the stack runs. */
export interface LocalDescription {
  readonly url: string;
  readonly api_key: string;
  /** Base URLs of the GPU workers. */
  readonly workers: readonly string[];
}

/** The one folder that a local stack writes to. */
export interface StateFolder {
  readonly path: string;
  /** Database and objects of the simulator. */
  readonly data: string;
  readonly logs: string;
  readonly modelCache: string;
  readonly secrets: LocalSecrets;
  /** Whether an earlier stack ended without cleaning up, so that its last processes may still be ending. */
  readonly afterCrash: boolean;
  describe(description: LocalDescription): Promise<void>;
  /** Removes what says that the stack runs; keeps everything else. */
  release(): Promise<void>;
}

/** Opens the folder, and makes it where there is none. Throws LocalStackFault when another stack runs in it or it cannot be written. */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  const path = resolve(folder);
  const lock = join(path, 'start.pid');
  const description = join(path, 'local.json');
  const [data, logs, modelCache] = [join(path, 'state'), join(path, 'logs'), join(path, 'cache')];
  try {
    for (const each of [path, data, logs, modelCache]) await mkdir(each, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new LocalStackFault(`The state folder ${path} cannot be made (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    });
  }
  const owner = await readOwner(lock);
  if (owner !== undefined && isRunning(owner)) {
    throw new LocalStackFault(
      `Hintrank already runs from ${path} (process ${owner}); stop it, or use --state with another folder and --port.`,
    );
  }
  await writePrivateFile(lock, `${process.pid}\n`);
  await rm(description, { force: true });
  return {
    path,
    data,
    logs,
    modelCache,
    secrets: await readOrCreateSecrets(join(path, 'secrets.json')),
    afterCrash: owner !== undefined,
    describe: (running) => writePrivateFile(description, `${JSON.stringify(running, null, 2)}\n`),
    release: async () => {
      for (const each of [description, lock]) await rm(each, { force: true });
    },
  };
}

async function readOwner(lock: string): Promise<number | undefined> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  const owner = Number.parseInt(text, 10);
  return Number.isSafeInteger(owner) && owner > 0 && owner !== process.pid ? owner : undefined;
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
