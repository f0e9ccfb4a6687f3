import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import { installTool } from '#infra/tools/install-tool.ts';
import { findTool } from '#infra/tools/tool-paths.ts';
import { startVersitygw } from '#test/s3-server/start-versitygw.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

/**
 * `npm run test:s3`: the tests that touch the store of adapters, against a real S3 server instead of the simulator that `npm test` runs them on, and those of
 * training jobs whose bucket, queue and edge fail, which need toxiproxy. Go builds both where that was never done. Further flags are Vitest's, and so is the
 * status.
 */
const suites = [
  'gpu-worker/scoring/adapters',
  'infra/local/sample',
  'test/system/adapters',
  'test/system/training-faults',
];

function variablesOf({ endpoint, bucket, region, accessKeyId, secretAccessKey }: LocalObjectStore) {
  return {
    HINTRANK_TEST_S3_ENDPOINT: endpoint,
    HINTRANK_TEST_S3_BUCKET: bucket,
    HINTRANK_TEST_S3_REGION: region,
    HINTRANK_TEST_S3_ACCESS_KEY_ID: accessKeyId,
    HINTRANK_TEST_S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

async function runVitest(store: LocalObjectStore, signal: AbortSignal): Promise<number> {
  const manifest = createRequire(import.meta.url).resolve('vitest/package.json');
  const args = [join(dirname(manifest), 'vitest.mjs'), 'run', ...suites, ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, {
    cwd: repositoryFolder,
    env: { ...process.env, ...variablesOf(store) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  signal.addEventListener('abort', () => void child.kill('SIGTERM'), { once: true });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

async function run(signal: AbortSignal): Promise<number> {
  for (const name of ['versitygw', 'toxiproxy'] as const) {
    if (await installTool(name)) console.log(`${name} was built.`);
    signal.throwIfAborted();
  }
  const server = await startVersitygw(findTool('versitygw'));
  try {
    return await runVitest(server.store, signal);
  } finally {
    await server.stop();
  }
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
try {
  process.exitCode = await run(interrupted.signal);
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
