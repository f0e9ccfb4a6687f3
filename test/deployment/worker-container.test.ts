import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#infra/local/processes/free-port.ts';
import { addPrograms, type Container, startContainer } from '#test/support/container.ts';
import { layOutImage } from '#test/support/lay-out-image.ts';
import { instructionsOf, readDockerfile } from '#test/support/read-dockerfile.ts';
import { repositoryFolder } from '#test/support/source-files.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const stages = readDockerfile(join(repositoryFolder, 'infra/containers/worker.dockerfile'));
const entrypoint: string[] = JSON.parse(instructionsOf(stages, 'worker', 'ENTRYPOINT').at(-1) ?? '[]');
const healthCheck: string[] = JSON.parse(
  (instructionsOf(stages, 'worker', 'HEALTHCHECK').at(-1) ?? '').split('CMD ')[1] ?? '[]',
);
const imageEnvironment: Record<string, string> = Object.fromEntries(
  instructionsOf(stages, 'worker', 'ENV').flatMap((text) => text.split(' ').map((pair) => pair.split('=', 2))),
);

let folder = '';
let rootFolder = '';
let started: Container[] = [];

beforeAll(() => {
  // Not the system's temporary folder: packages are hard links.
  mkdirSync(join(repositoryFolder, '.hintrank'), { recursive: true });
  folder = mkdtempSync(join(repositoryFolder, '.hintrank/container-'));
  rootFolder = join(folder, 'root');
  layOutImage(stages, 'worker', rootFolder);
  addPrograms(rootFolder);
  mkdirSync(join(folder, 'model'));
  writeTinyTextModel(join(folder, 'model'));
});
afterAll(async () => {
  for (const container of started) trySignal(container);
  await Promise.all(started.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

function trySignal(container: Container): void {
  try {
    container.signal('SIGKILL');
  } catch {
    // It has ended.
  }
}

interface StartOptions {
  readonly environment?: Record<string, string>;
  readonly writable?: boolean;
  readonly command?: readonly string[];
}

async function start({ environment = {}, writable = true, command = entrypoint }: StartOptions): Promise<Container> {
  const volume = mkdtempSync(join(folder, 'volume-'));
  await chmod(volume, 0o777);
  const container = startContainer({
    rootFolder,
    mounts: {
      '/var/lib/hintrank': { source: volume, writable },
      '/model': { source: join(folder, 'model'), writable: false },
    },
    environment: {
      ...imageEnvironment,
      WORKER_SIGNING_KEY: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
      GPU_WORKER_MODEL: '/model',
      GPU_WORKER_THREADS: '1',
      ...environment,
    },
    command,
  });
  started = [...started, container];
  return container;
}

describe('the container of a worker', () => {
  it('gets ready with the files of the image alone, as a user without rights under a read-only root, is healthy, and ends with 0 on SIGTERM', async () => {
    const port = String(await freePort(0, false));
    const container = await start({ environment: { GPU_WORKER_PORT: port } });
    await container.said('"msg":"ready"');
    const check = await start({ command: healthCheck, environment: { GPU_WORKER_PORT: port } });
    expect(await check.ended).toBe(0);
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
    container.signal('SIGTERM');
    expect(await container.ended).toBe(0);
    const late = await start({ command: healthCheck, environment: { GPU_WORKER_PORT: port } });
    expect(await late.ended).toBe(1);
  });

  it('trains instead where that is its role', async () => {
    const port = String(await freePort(0, false));
    const training = {
      GPU_WORKER_ROLE: 'train',
      EDGE_URL: 'http://127.0.0.1:1',
      S3_BUCKET: 'none',
      GPU_WORKER_PORT: port,
    };
    const container = await start({ environment: training });
    await container.said('"msg":"listening"');
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
    container.signal('SIGTERM');
    expect(await container.ended).toBe(0);
  });

  it('is killed by a second signal, which a worker that is process 1 itself would not be', async () => {
    const container = await start({ environment: { GPU_WORKER_PORT: '0' } });
    await container.said('"msg":"listening"');
    // Two of one kind would be one signal.
    container.signal('SIGTERM');
    container.signal('SIGINT');
    expect(await container.ended).toBe(137);
  });

  it('does not start where it could not write to its volume, and says so', async () => {
    const container = await start({ writable: false });
    expect(await container.ended).toBe(1);
    expect(container.output()).toContain('/var/lib/hintrank is not writable for user');
  });

  it('does not start without its key, and says so', async () => {
    const container = await start({ environment: { WORKER_SIGNING_KEY: '' } });
    expect(await container.ended).toBe(1);
    expect(container.output()).toContain('WORKER_SIGNING_KEY: is required');
  });
});
