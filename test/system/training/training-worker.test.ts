import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { seededGenerator } from '#gpu-worker/evaluation/seeded-generator.ts';
import type { Finish, StoredObject } from '#shared/protocol/training-work.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { judgedAnimalLines } from '#test/support/judged-animals.ts';
import { type ScriptedTrainingEdge, startScriptedTrainingEdge } from '#test/support/scripted-training-edge.ts';
import { startFaultProxy } from '#test/support/start-fault-proxy.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';
import {
  startTrainingWorker,
  type TrainingWorkerOptions,
  type TrainingWorkerProcess,
} from '#test/support/start-training-worker.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { descendantsOf } from '#test/system/descendants-of.ts';

/** Workers that are killed in one job; a longer run of the same test is `HINTRANK_TEST_TRAINING_KILLS=5`. */
const kills = Number(process.env['HINTRANK_TEST_TRAINING_KILLS'] ?? 1);
/** Of what hangs; a job takes seconds, on a busy machine a minute, and each killed worker one more start. */
vi.setConfig({ testTimeout: 300_000 + 120_000 * kills });

const signingKey = new Uint8Array(32).fill(5);
const settings = { steps: 12, evaluateEvery: 3, devQueries: 8, devDepth: 4, patience: 50, seed: 5 };
const pollMs = 20;

let folder: string;
let s3: LocalS3;
let modelPath: string;
/** The adapter and the report of `hintrank train` on the same data with the same settings. */
let expected: { readonly adapter: Buffer; readonly report: unknown };
const workers: TrainingWorkerProcess[] = [];
const edges: ScriptedTrainingEdge[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-training-worker-'));
  s3 = await startLocalS3();
  modelPath = writeTinyTextModel(join(folder, 'model'));
  const data = join(folder, 'dataset.jsonl');
  writeFileSync(data, `${judgedAnimalLines().join('\n')}\n`);
  const output = join(folder, 'local.safetensors');
  const flags = '--steps 12 --evaluate-every 3 --dev-queries 8 --dev-depth 4 --patience 50 --seed 5'.split(' ');
  const trained = await runHintrank(['train', '--data', data, '--model', modelPath, ...flags, '--output', output]);
  expect(trained.exitCode, trained.stderr).toBe(0);
  const report = JSON.parse(readFileSync(`${output}.report.json`, 'utf8'));
  expected = { adapter: readFileSync(output), report };
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.signal('SIGKILL');
    await worker.ended;
  }
  for (const edge of edges.splice(0)) await edge.stop();
});
afterAll(async () => {
  await s3.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function put(key: string, text: string): Promise<StoredObject> {
  const body = Buffer.from(text);
  await s3.client().send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: body }));
  return { object_key: key, sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length };
}

async function get({ object_key: key }: StoredObject): Promise<Buffer> {
  const { Body: body } = await s3.client().send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }));
  return Buffer.from((await body?.transformToByteArray()) ?? []);
}

/** An edge with one job that waits, on the animals or on other lines. */
async function edgeWithJob(name: string, lines = judgedAnimalLines()): Promise<ScriptedTrainingEdge> {
  const stored = await put(`datasets/${name}`, `${lines.join('\n')}\n`);
  const dataset = { ...stored, id: name, name: 'dataset.jsonl', format: 'jsonl' } as const;
  const edge = await startScriptedTrainingEdge(signingKey, { job_id: `tj_${name}`, settings, dataset });
  edges.push(edge);
  return edge;
}

const cacheFolder = () => join(folder, 'cache');

async function startWorker(
  edge: ScriptedTrainingEdge,
  more: Partial<TrainingWorkerOptions> = {},
): Promise<TrainingWorkerProcess> {
  const edgeUrl = edge.url;
  const where = { edgeUrl, signingKey, s3, modelPath, baseModel: 'tiny', cacheFolder: cacheFolder() };
  const worker = await startTrainingWorker({ ...where, ...more });
  workers.push(worker);
  return worker;
}

/** The test's own time limit ends what never comes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(pollMs);
}

const hasReached = (edge: ScriptedTrainingEdge, step: number) => until(() => edge.steps.some((seen) => seen >= step));

/** The job is completed once, with the very adapter of the local command. */
async function expectTheAdapter(edge: ScriptedTrainingEdge): Promise<Extract<Finish, { outcome: 'completed' }>> {
  await until(() => edge.finishes.some(({ outcome }) => outcome !== 'released'));
  const ends = edge.finishes.filter(({ outcome }) => outcome !== 'released');
  expect(ends).toHaveLength(1);
  const [end] = ends;
  if (end?.outcome !== 'completed') throw new Error(`the job ended as ${JSON.stringify(end)}`);
  const adapter = await get(end.adapter);
  expect(createHash('sha256').update(adapter).digest('hex')).toBe(end.adapter.sha256);
  expect(adapter.equals(expected.adapter), 'the bytes of an undisturbed run').toBe(true);
  expect(JSON.parse(String(await get(end.report)))).toEqual(expected.report);
  return end;
}

describe('a training job', () => {
  it('gives the adapter and the report of the local command, says how it went, and leaves nothing on the disk', async () => {
    const edge = await edgeWithJob('whole');
    const worker = await startWorker(edge);
    const { summary, report } = await expectTheAdapter(edge);
    expect(summary).toMatchObject({ steps: 12, dev_queries: 8, decided_by: 'likelihood' });
    expect(summary.tokens).toBeGreaterThan(0);
    expect(edge.news.filter((news) => (news as { kind: string }).kind === 'dev')).toHaveLength(5);
    const page = await get({ ...report, object_key: report.object_key.replace('.json', '.html') });
    expect(String(page)).toContain(summary.verdict.slice(0, 40));
    await until(() => readdirSync(join(cacheFolder(), 'training-jobs')).length === 0);
    expect((await fetch(`${worker.url}/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${worker.url}/metrics`)).text();
    expect(metrics).toContain('hintrank_worker_training_jobs_ended_total{end="completed"} 1');
    expect(metrics).toContain('hintrank_worker_training_steps_total 12');
    const processor = /^hintrank_worker_training_processor_seconds_total ([\d.]+)$/m.exec(metrics)?.[1];
    expect(Number(processor), 'a start of Node takes a tenth of a second').toBeGreaterThan(0.1);
    expect(worker.log(), 'no text of the data').not.toContain('lives in the');
  });

  it(`goes on from its checkpoint when its worker is killed (${kills} at moments drawn by a seed), and ends with the same bytes`, async () => {
    const edge = await edgeWithJob('killed');
    const generator = seededGenerator(11);
    const draw = () => (generator.next() >>> 0) / 2 ** 32;
    for (let killed = 0; killed < kills; killed += 1) {
      const worker = await startWorker(edge);
      const moment = Math.max(edge.checkpoint()?.step ?? 0, Math.ceil((11 * (killed + draw())) / kills));
      await hasReached(edge, moment);
      await delay(200 * draw());
      worker.signal('SIGKILL');
      await worker.ended;
      expect(edge.finishes).toEqual([]);
      edge.expire();
    }
    await startWorker(edge);
    await expectTheAdapter(edge);
    expect(edge.leases()).toBe(kills + 1);
  });

  it('is handed back with a checkpoint on SIGTERM, and the next worker goes on from that step', async () => {
    const edge = await edgeWithJob('stopped');
    const worker = await startWorker(edge);
    await hasReached(edge, 4);
    worker.signal('SIGTERM');
    expect(await worker.ended).toEqual([0, null]);
    expect(edge.finishes).toEqual([{ outcome: 'released', lease: 1 }]);
    const step = edge.checkpoint()?.step ?? 0;
    expect(step).toBeGreaterThanOrEqual(4);
    await startWorker(edge);
    const { summary } = await expectTheAdapter(edge);
    expect(edge.news).toContainEqual({ kind: 'resumed', step });
    expect(summary.steps).toBe(12);
  });

  it('is done beside serving, below its priority, by a worker that has both roles', async () => {
    const edge = await edgeWithJob('beside');
    const worker = await startWorker(edge, { role: 'both' });
    while ((await fetch(`${worker.url}/ready`)).status !== 200) await delay(pollMs);
    await hasReached(edge, 1);
    const [trainer] = descendantsOf(worker.processId);
    expect(getPriority(trainer)).toBeGreaterThanOrEqual(constants.priority.PRIORITY_BELOW_NORMAL);
    expect(getPriority(trainer)).toBeGreaterThanOrEqual(getPriority(worker.processId));
    const task = { model: 'tiny', query: 'who?', documents: ['The ant.'], deadline_at_ms: Date.now() + 200_000 };
    const body = new TextEncoder().encode(JSON.stringify(task));
    const call = { key: signingKey, method: 'POST', path: '/v1/score', body, nowMs: Date.now() };
    const headers = { Authorization: `Bearer ${await signCall(call)}` };
    const scored = await fetch(`${worker.url}/v1/score`, { method: 'POST', headers, body });
    expect(scored.status).toBe(200);
    await expectTheAdapter(edge);
  });

  it('stops when it is cancelled, says so, and the worker takes the next job', async () => {
    const edge = await edgeWithJob('cancelled');
    await startWorker(edge);
    await hasReached(edge, 1);
    edge.cancelled = true;
    await until(() => edge.finishes.length > 0);
    expect(edge.finishes).toEqual([{ outcome: 'cancelled', lease: 1 }]);
    expect(Math.max(...edge.steps)).toBeLessThan(12);
    edge.cancelled = false;
    edge.expire();
    await until(() => edge.leases() === 2);
  });

  it('is dropped without a word when the lease is lost, and the new lease is what counts', async () => {
    const edge = await edgeWithJob('lost');
    await startWorker(edge);
    await hasReached(edge, 4);
    edge.expire();
    await until(() => edge.refused() > 0);
    const end = await expectTheAdapter(edge);
    expect(end.lease).toBe(2);
  });
});

describe('a store and an edge that fail in the middle', () => {
  it('cost time, never the job: damaged data is fetched again, nothing is said to be there that is not', async () => {
    const edge = await edgeWithJob('faults');
    const proxy = await startFaultProxy(s3.endpoint);
    proxy.fault = 'flip';
    const worker = await startWorker(edge, { s3Endpoint: proxy.url });
    const triedAgain = (what: string) => worker.log().includes(`"what":"${what}"`);
    await until(() => triedAgain('data set'));
    proxy.fault = 'none';
    await hasReached(edge, 1);
    proxy.fault = 'gone';
    edge.reachable = false;
    await until(() => worker.log().includes('a heartbeat got no answer'));
    edge.reachable = true;
    await until(() => triedAgain('checkpoint'));
    proxy.fault = 'cut-upload';
    await until(() => triedAgain('report.html'));
    expect(edge.finishes).toEqual([]);
    proxy.fault = 'none';
    await expectTheAdapter(edge);
    await proxy.stop();
  });
});

describe('a job that cannot be done', () => {
  it('ends with what its owner can mend, and is not tried again', async () => {
    const edge = await edgeWithJob('few', judgedAnimalLines().slice(0, 9));
    await startWorker(edge);
    await until(() => edge.finishes.length > 0);
    expect(edge.finishes[0]).toMatchObject({
      outcome: 'failed',
      code: 'invalid_dataset',
      retryable: false,
      message: expect.stringContaining('training needs at least 16'),
    });
    expect(existsSync(join(cacheFolder(), 'training-jobs', 'tj_few'))).toBe(false);
  });
});
