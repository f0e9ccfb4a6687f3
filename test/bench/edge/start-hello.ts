import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWrangler } from '#infra/local/processes/start-wrangler.ts';

export interface StartedHello {
  readonly url: string;
  stop(): Promise<void>;
}

/** The bare hello in workerd, by the same command as the edge. */
export async function startHello(): Promise<StartedHello> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-hello-'));
  const configPath = join(folder, 'wrangler.json');
  const main = fileURLToPath(new URL('./hello-worker.ts', import.meta.url));
  await writeFile(configPath, JSON.stringify({ name: 'hello', main, compatibility_date: '2026-10-01' }));
  const running = await startWrangler({
    configPath,
    stateFolder: folder,
    dataFolder: join(folder, 'state'),
    port: 0,
    logFile: join(folder, 'hello.log'),
    signal: new AbortController().signal,
  });
  return {
    url: running.url,
    async stop() {
      await running.stop(4_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
