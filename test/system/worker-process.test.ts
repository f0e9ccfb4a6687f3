import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { type WorkerEvent, workerEventSchema } from '#gpu-worker/worker-event.ts';
import { workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

const mainPath = fileURLToPath(new URL('../../gpu-worker/main.ts', import.meta.url));
const key = new Uint8Array(32).fill(9);

let worker: ChildProcess | undefined;
afterEach(() => void worker?.kill('SIGKILL'));

function startWorker(settings: Record<string, string>): ChildProcess {
  worker = spawn(process.execPath, [mainPath], {
    env: { PATH: process.env['PATH'], GPU_WORKER_PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return worker;
}

async function nextEvent<Name extends WorkerEvent['event']>(child: ChildProcess, name: Name) {
  for (;;) {
    const [message] = await once(child, 'message');
    const event = workerEventSchema.parse(message);
    if (event.event === name) return event as Extract<WorkerEvent, { event: Name }>;
  }
}

it('a worker without its model is live, says not ready with the reason in its log, and still ends with 0', async () => {
  const child = startWorker({
    WORKER_SIGNING_KEY: Buffer.from(key).toString('base64url'),
    GPU_WORKER_MODEL: '/no/such/model.gguf',
  });
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => (log += text));
  const failed = nextEvent(child, 'failed');
  const { url } = await nextEvent(child, 'listening');
  expect((await failed).reason).toContain('/no/such/model.gguf');
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const token = await signCall({ key, method: 'GET', path: '/info', body: new Uint8Array(0), nowMs: Date.now() });
  for (const [path, headers] of [
    ['/ready', {}],
    ['/info', { Authorization: `Bearer ${token}` }],
  ] as const) {
    const response = await fetch(url + path, { headers });
    expect(response.status).toBe(503);
    expect(workerErrorSchema.parse(await response.json()).error).toMatchObject({
      code: 'not_ready',
      message: 'The worker could not load its model; its log says why.',
    });
  }
  expect(log).toContain('/no/such/model.gguf');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('bad settings stop the start with all problems in one sentence', async () => {
  const child = startWorker({ WORKER_SIGNING_KEY: 'short', GPU_WORKER_PRECISION: 'int4' });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => (errors += text));
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(errors).toMatch(/^The worker is not configured: WORKER_SIGNING_KEY: .*; GPU_WORKER_PRECISION: .*\n$/);
});

it('a worker whose parent is gone ends by itself', async () => {
  const child = startWorker({
    WORKER_SIGNING_KEY: Buffer.from(key).toString('base64url'),
    GPU_WORKER_MODEL: '/no/such/model.gguf',
  });
  await nextEvent(child, 'listening');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
