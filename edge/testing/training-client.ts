import { env } from 'cloudflare:workers';
import type { createTestApp } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import { testSigningKey } from '#edge/testing/test-secrets.ts';
import { consumeMessages } from '#edge/training/consume-messages.ts';
import { datasetSchema } from '#shared/protocol/dataset.ts';
import { trainingJobSchema } from '#shared/protocol/training-job.ts';
import type { TrainingSummary } from '#shared/protocol/training-summary.ts';
import { leaseSchema, type TrainingLease, trainingRoutes } from '#shared/protocol/training-work.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Lines of a dataset that is large enough to train on. */
export function datasetLines(count = 40): string {
  const line = (index: number) => ({ query: `query ${index}`, relevant_passages: [`passage ${index}`] });
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(line(index))}\n`).join('');
}

export const summary: TrainingSummary = {
  better: true,
  verdict: 'The adapter ranks better than the base model.',
  decided_by: 'likelihood',
  kept_step: 100,
  steps: 170,
  tokens: 1_000,
  dev_queries: 50,
  likelihood: { base: 0.6, adapter: 0.7, low: 0.05, high: 0.15 },
  blended: null,
  signs: [],
};

type TestApp = ReturnType<typeof createTestApp>;

/** A tenant's client for datasets and training jobs over the app with its fakes. */
export async function createTrainingClient(tenantId: string, test: TestApp) {
  const key = await seedKey({ tenantId, scopes: ['train', 'adapters:read', 'adapters:write', 'admin'] });
  const request = (method: string, path: string, init: RequestInit = {}) =>
    test.app.request(
      path,
      { ...init, method, headers: { authorization: `Bearer ${key}`, ...init.headers } },
      { DB: env.DB },
    );
  const send = async (method: string, path: string, init: RequestInit = {}) => {
    const response = await request(method, path, init);
    return { status: response.status, headers: response.headers, body: await response.json<Record<string, unknown>>() };
  };
  const json = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
  const upload = (text: string | Uint8Array, headers: Record<string, string> = {}, query = '') => {
    const body = typeof text === 'string' ? bytesOf(text) : text;
    return send('POST', `/v1/datasets${query}`, {
      body,
      headers: { 'content-length': String(body.length), ...headers },
    });
  };
  const addDataset = async () => datasetSchema.parse((await upload(datasetLines())).body);
  const submit = async (dataset: string, changes: object = {}) => {
    const { status, body } = await json('POST', '/v1/training-jobs', { dataset, adapter: 'tickets', ...changes });
    if (status !== 201) throw new Error(JSON.stringify([body, test.logs]));
    return trainingJobSchema.parse(body);
  };
  const show = async (id: string) => trainingJobSchema.parse((await send('GET', `/v1/training-jobs/${id}`)).body);
  return { ...test, tenantId, key, request, send, json, upload, addDataset, submit, show };
}

/** What a training worker sends; it holds no model, and puts into the bucket what it is told to. */
export function createTrainingCaller({ app, clock, objects }: TestApp, workerId = 'worker-1') {
  const send = async (path: string, body: object) => {
    const text = JSON.stringify(body);
    const signing = { key: testSigningKey, method: 'POST', path, nowMs: clock.nowMs, audience: 'edge' } as const;
    const token = await signCall({ ...signing, body: bytesOf(text) });
    const init = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: text };
    const response = await app.request(path, init, { DB: env.DB });
    const answer = response.status === 204 ? {} : await response.json<Record<string, unknown>>();
    return { status: response.status, body: answer };
  };
  const lease = async (): Promise<TrainingLease | undefined> => {
    const model = 'smollm2-135m-instruct';
    const { status, body } = await send(trainingRoutes.leases, { worker_id: workerId, model });
    if (status === 204) return undefined;
    return leaseSchema.parse(body);
  };
  const beat = (held: TrainingLease, body: object) =>
    send(trainingRoutes.heartbeat(held.job_id), { lease: held.lease, progress: null, ...body });
  const finish = (held: TrainingLease, body: object) =>
    send(trainingRoutes.finish(held.job_id), { lease: held.lease, ...body });
  /** A finished run whose adapter is the text. */
  const complete = async (held: TrainingLease, adapter: string, changes: Partial<TrainingSummary> = {}) => {
    const report = JSON.stringify({ verdict: 'better' });
    objects.objects.set(held.adapter_object_key, bytesOf(adapter));
    objects.objects.set(held.report_object_key, bytesOf(report));
    return finish(held, {
      outcome: 'completed',
      adapter: await describeObject(held.adapter_object_key, adapter),
      report: await describeObject(held.report_object_key, report),
      summary: { ...summary, ...changes },
    });
  };
  return { send, lease, beat, finish, complete };
}

async function describeObject(object_key: string, text: string) {
  return { object_key, sha256: await digestBody(bytesOf(text)), bytes: bytesOf(text).length };
}

/** What the platform does with the queue: everything that waits is consumed. */
export async function deliver({ queue, dependencies }: TestApp): Promise<void> {
  const { service, jobs } = dependencies.training;
  await consumeMessages(service, jobs, queue.take(), dependencies.tracing);
}

/** Jobs of other tests of a file: workers would be given them too. */
export async function forgetJobs(): Promise<void> {
  await env.DB.batch([env.DB.prepare('DELETE FROM training_jobs'), env.DB.prepare('DELETE FROM training_events')]);
}
