import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { type WorkerEvent, workerEventSchema } from '#gpu-worker/worker-event.ts';
import { readSample } from '#infra/local/sample/read-sample.ts';
import { scoreResponseSchema, workerInfoSchema } from '#shared/protocol/score.ts';
import { workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

const mainPath = fileURLToPath(new URL('../../gpu-worker/main.ts', import.meta.url));
const pollMs = 20;
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

async function signedFetch(
  url: string,
  method: string,
  path: string,
  body?: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const token = await signCall({ key, method, path, body: body ?? new Uint8Array(0), nowMs: Date.now() });
  return fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });
}

async function queueLength(url: string): Promise<number> {
  return workerInfoSchema.parse(await (await signedFetch(url, 'GET', '/info')).json()).queue_length;
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
  for (const response of [await fetch(`${url}/ready`), await signedFetch(url, 'GET', '/info')]) {
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

describe('a worker with the real model', () => {
  const realModelSettings = async () => ({
    WORKER_SIGNING_KEY: Buffer.from(key).toString('base64url'),
    GPU_WORKER_MODEL: await fetchDefaultModel(),
    GPU_WORKER_CACHE_FOLDER: convertedWeightsFolder,
    GPU_WORKER_GRACE_SECONDS: '60',
  });

  /** A ready worker that is in the middle of a call. */
  async function workerInCall(documents: number) {
    const child = startWorker(await realModelSettings());
    const ready = nextEvent(child, 'ready');
    const { url } = await nextEvent(child, 'listening');
    await ready;
    const passage = (await readSample()).passages[0]?.text ?? '';
    const body = new TextEncoder().encode(
      JSON.stringify({
        model: 'smollm2-135m-instruct',
        query: 'Which city had more than 30 film studios?',
        documents: Array.from({ length: documents }, (_, index) => `${index}. ${passage}`),
        deadline_at_ms: Date.now() + 60_000,
      }),
    );
    const answer = signedFetch(url, 'POST', '/v1/score', body);
    // A signal may break it off; whoever cares awaits it.
    answer.catch(() => undefined);
    while ((await queueLength(url)) === 0) await delay(pollMs);
    return { child, url, answer };
  }

  it('finishes its call after SIGTERM, takes no other, and ends with 0', async () => {
    const { child, url, answer } = await workerInCall(12);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    while ((await fetch(`${url}/ready`)).status !== 503) await delay(pollMs);
    expect((await signedFetch(url, 'GET', '/info')).status).toBe(503);
    const response = await answer;
    expect(response.status).toBe(200);
    expect(scoreResponseSchema.parse(await response.json()).scores).toHaveLength(12);
    expect(await exit).toEqual([0, null]);
  });

  it('ends with 0 on SIGTERM while it loads', async () => {
    const child = startWorker(await realModelSettings());
    await nextEvent(child, 'listening');
    // Any time until it is ready will do; the loading threads have just begun.
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends at once on a second signal', async () => {
    const { child, url } = await workerInCall(500);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    while ((await fetch(`${url}/ready`)).status !== 503) await delay(pollMs);
    child.kill('SIGTERM');
    expect(await exit).toEqual([null, 'SIGKILL']);
  });
});

it('bad settings stop the start with all problems in one sentence', async () => {
  const child = startWorker({ WORKER_SIGNING_KEY: 'short', GPU_WORKER_PRECISION: 'int4' });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => (errors += text));
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(errors).toMatch(
    /^The worker is not configured: WORKER_SIGNING_KEY: .*; GPU_WORKER_PRECISION is "int4": .*\n$/,
  );
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
