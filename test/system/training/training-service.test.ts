import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type LocalStack, startLocalStack } from '#infra/local/local-stack.ts';
import { datasetSchema } from '#shared/protocol/dataset.ts';
import { type TrainingJobResponse, trainingJobSchema } from '#shared/protocol/training-job.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { judgedAnimalLines } from '#test/support/judged-animals.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';
import { startTrainingWorker, type TrainingWorkerProcess } from '#test/support/start-training-worker.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { createAdapterApi } from '#test/system/adapters/adapter-api.ts';

vi.setConfig({ testTimeout: 300_000 });

const baseModel = 'smollm2-135m-instruct';
/** The edge takes a job from a worker that has not been heard of for so long. */
const leaseSeconds = 5;
const pollMs = 100;
const settings = { steps: 12, evaluate_every: 3, dev_queries: 8, dev_depth: 4, patience: 50, seed: 5 };

let folder: string;
let s3: LocalS3;
let stack: LocalStack;
let modelPath: string;
const workers: TrainingWorkerProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-training-service-'));
  s3 = await startLocalS3();
  modelPath = writeTinyTextModel(join(folder, 'model'));
  const { endpoint, bucket, region, credentials } = s3;
  stack = await startLocalStack(
    {
      port: 0,
      workers: 1,
      precision: 'fp32',
      training: false,
      modelPath,
      stateFolder: join(folder, 'state'),
      objectStore: { endpoint, bucket, region, ...credentials },
      edgeVariables: { TRAINING_LEASE_SECONDS: String(leaseSeconds) },
      say: () => undefined,
    },
    new AbortController().signal,
  );
});
afterAll(async () => {
  for (const worker of workers) {
    worker.signal('SIGKILL');
    await worker.ended;
  }
  await stack.stop();
  await s3.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWorker(): Promise<TrainingWorkerProcess> {
  const worker = await startTrainingWorker({
    edgeUrl: stack.url,
    signingKey: Buffer.from(stack.signingKey, 'base64url'),
    s3,
    modelPath,
    baseModel,
    cacheFolder: join(folder, 'cache'),
  });
  workers.push(worker);
  return worker;
}

/** The adapter's SHA-256 that `hintrank train` gives for the same lines and settings. */
async function trainHere(lines: string): Promise<string> {
  const data = join(folder, 'dataset.jsonl');
  writeFileSync(data, lines);
  const output = join(folder, 'local.safetensors');
  const flags = '--steps 12 --evaluate-every 3 --dev-queries 8 --dev-depth 4 --patience 50 --seed 5'.split(' ');
  const trained = await runHintrank(['train', '--data', data, '--model', modelPath, ...flags, '--output', output]);
  expect(trained.exitCode, trained.stderr).toBe(0);
  return createHash('sha256').update(readFileSync(output)).digest('hex');
}

it('an uploaded data set becomes an adapter that serves, through a worker that is killed: published once, the bytes of a local run', async () => {
  const api = createAdapterApi(stack.url, stack.apiKey);
  const lines = `${judgedAnimalLines().join('\n')}\n`;
  const uploaded = await api.call('POST', '/v1/datasets?name=dataset.jsonl', {
    body: lines,
    headers: { 'Content-Type': 'application/jsonl' },
  });
  expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
  const { id: dataset } = datasetSchema.parse(uploaded.body);
  const wanted = { dataset, adapter: 'animals', settings, on_no_gain: 'publish' };
  const created = await api.json('POST', '/v1/training-jobs', wanted);
  expect(created.status, JSON.stringify(created.body)).toBe(201);
  const { id } = trainingJobSchema.parse(created.body);
  const until = async (isSo: (job: TrainingJobResponse) => boolean): Promise<TrainingJobResponse> => {
    for (;;) {
      const job = trainingJobSchema.parse((await api.call('GET', `/v1/training-jobs/${id}`)).body);
      if (isSo(job)) return job;
      await delay(pollMs);
    }
  };

  const killed = await startWorker();
  await until(({ progress }) => (progress?.step ?? 0) >= 4);
  killed.signal('SIGKILL');
  await startWorker();
  const job = await until(({ ended_at }) => ended_at !== null);
  expect(job.error).toBeNull();
  expect(job).toMatchObject({ state: 'completed', attempt: 2, result: { published: 'animals@1' } });
  expect(job.result?.summary).toMatchObject({ steps: 12, dev_queries: 8 });
  expect(job.cost.tokens, 'steps that were done twice count once').toBe(job.result?.summary.tokens);

  const versions = await api.call('GET', '/v1/adapters/animals/versions');
  expect(JSON.stringify(versions.body).match(/[0-9a-f]{64}/g)).toContain(await trainHere(lines));
  const query = 'does the cat like the dune?';
  const documents = ['The cat lives in the dune.', 'The cat is never in the farm.'];
  const [adapted, base] = [
    await api.rerank('animals', query, documents),
    await api.rerank(baseModel, query, documents),
  ];
  expect(adapted.model).toBe('animals@1');
  expect(adapted.likelihoods).not.toEqual(base.likelihoods);
});
