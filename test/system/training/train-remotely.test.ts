import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { runCommandLine } from '#cli/command-line/run-command-line.ts';
import { type LocalStack, startLocalStack } from '#infra/local/local-stack.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import { trainingJobSchema } from '#shared/protocol/training-job.ts';
import { judgedAnimalLines, judgedAnimalsAsBeir } from '#test/support/judged-animals.ts';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '#test/support/start-trace-receiver.ts';
import { testIo } from '#test/support/test-io.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { writeZip } from '#test/support/write-zip.ts';

let home: string;
let data: string;
let modelPath: string;
let stack: LocalStack;
let receiver: TraceReceiver;
beforeAll(async () => {
  receiver = await startTraceReceiver();
  home = await mkdtemp(join(tmpdir(), 'hintrank-remote-training-'));
  modelPath = writeTinyTextModel(join(home, 'model'));
  data = join(home, 'animals.jsonl');
  await writeFile(data, `${judgedAnimalLines().join('\n')}\n`);
  stack = await startLocalStack(
    {
      port: 0,
      workers: 1,
      precision: 'fp32',
      modelPath,
      stateFolder: join(home, 'state'),
      training: true,
      tracing: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
      requestLog: 'all',
      say: () => undefined,
    },
    new AbortController().signal,
  );
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.close();
  await rm(home, { recursive: true, force: true });
});
afterEach(() => void vi.unstubAllEnvs());

const small = '--evaluate-every 3 --dev-queries 8 --dev-depth 4 --seed 5'.split(' ');

async function hintrank(words: readonly string[], signal?: AbortSignal) {
  vi.stubEnv('HINTRANK_URL', stack.url);
  vi.stubEnv('HINTRANK_API_KEY', stack.apiKey);
  const { io, stdout, stderr } = testIo(signal === undefined ? {} : { signal });
  const exitCode = await runCommandLine(words, io, { version: '0', debug: false });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

async function api(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${stack.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('hintrank train --remote', () => {
  it('uploads, trains on a worker through queue and bucket, shows the run as a local one, and the adapter serves', async () => {
    const { exitCode, stdout, stderr } = await hintrank([
      ...['train', '--data', data, '--remote', '--adapter', 'animals', '--on-no-gain', 'publish', '--json'],
      ...['--steps', '6', ...small],
    ]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    for (const line of [
      /job: queued/,
      /job: running/,
      /base model: dev nDCG@10/,
      /step 6: .*dev nDCG@10/,
      /job: completed/,
    ]) {
      expect(stderr).toMatch(line);
    }
    const job = trainingJobSchema.parse(JSON.parse(stdout));
    expect(job).toMatchObject({
      state: 'completed',
      attempt: 1,
      result: { published: 'animals@1', summary: { steps: 6 } },
    });
    expect(job.cost.tokens).toBe(job.result?.summary.tokens);
    const report = z
      .looseObject({ decidedBy: z.string(), verdict: z.string() })
      .parse((await api('GET', `/v1/training-jobs/${job.id}/report`)).body);
    expect(report.verdict).toBe(job.result?.summary.verdict);
    const request = {
      model: 'animals@1',
      query: 'does the fox like the hill?',
      documents: ['The fox lives in the hill.', 'A cat.'],
    };
    const { status, body } = await api('POST', '/v2/rerank', request);
    expect({ status, body }).toMatchObject({ status: 200 });
    expect(rerankResponseSchema.parse(body).results).toHaveLength(2);
    // The same command again: the dataset is there already, the adapter is the same bytes, so it is the same version.
    const again = await hintrank([
      ...['train', '--data', data, '--remote', '--adapter', 'animals', '--on-no-gain', 'publish', '--json'],
      ...['--steps', '6', ...small],
    ]);
    expect(trainingJobSchema.parse(JSON.parse(again.stdout))).toMatchObject({
      dataset: job.dataset,
      result: { published: 'animals@1' },
    });
    expect((await api('DELETE', `/v1/datasets/${job.dataset}?jobs=delete`)).body).toMatchObject({
      deleted_jobs: expect.arrayContaining([job.id]),
    });
    expect((await api('GET', `/v1/training-jobs/${job.id}/report`)).status).toBe(404);
  });

  it('is one trace, from the request that made the job to the adapter’s publication, and names nothing of the caller’s', async () => {
    const isEnd = ({ name }: ReceivedSpan) => name === 'POST /internal/training/jobs/:id/finish';
    const traceOf = (spans: readonly ReceivedSpan[]) => {
      const job = spans.find(({ name, attributes }) => name === 'training job' && 'hintrank.end' in attributes);
      return { job, spans: spans.filter(({ traceId }) => traceId === job?.traceId) };
    };
    await receiver.waitFor((all) => traceOf(all).spans.some(isEnd));
    expect(receiver.faults).toEqual([]);
    const { job, spans } = traceOf(receiver.spans);
    expect(job).toMatchObject({ service: 'hintrank-worker', kind: 5, failed: false });
    expect(job?.attributes).toMatchObject({ 'hintrank.attempt': 1, 'hintrank.end': 'completed' });
    const parentOf = (span?: ReceivedSpan) => spans.find(({ spanId }) => spanId === span?.parentSpanId);
    expect(parentOf(job)).toMatchObject({ service: 'hintrank-edge', name: 'POST /v1/training-jobs' });
    expect(spans.map(({ name }) => name)).toContain('admit training job');
    expect(parentOf(spans.find(isEnd))).toMatchObject({ name: 'publish', parentSpanId: job?.spanId });
    const parts = spans
      .filter(({ parentSpanId }) => parentSpanId === job?.spanId)
      .sort((left, right) => (left.startNs < right.startNs ? -1 : 1));
    const train = ['train', 'evaluate', 'checkpoint'];
    expect(parts.map(({ name }) => name).filter((name) => name !== 'upload')).toEqual([
      ...['download dataset', 'prepare', 'evaluate', 'evaluate', ...train, ...train, 'judge', 'publish'],
    ]);
    const uploaded = parts.map(({ attributes }) => attributes['hintrank.file']);
    expect(uploaded).toEqual(expect.arrayContaining(['checkpoint.safetensors', 'report.html', 'adapter.safetensors']));
    const text = JSON.stringify(receiver.spans.map(({ name, attributes }) => [name, attributes]));
    for (const secret of ['animals', 'lives in the', 'hr_']) expect(text).not.toContain(secret);
  });

  it('left a line for each of its requests in the log of the edge, that of the stream with its end, and none of the simulator’s', async () => {
    const log = await readFile(join(home, 'state', 'logs', 'edge.log'), 'utf8');
    const lines = log.split('\n').filter((line) => line.startsWith('{"level":"info","event":"request"'));
    const said = lines.map((line) => z.looseObject({ route: z.string(), status: z.int() }).parse(JSON.parse(line)));
    expect(said).toContainEqual(
      expect.objectContaining({ route: '/v1/training-jobs/:id/events', status: 200, stream: 'complete' }),
    );
    expect(said).toContainEqual(
      expect.objectContaining({ route: '/v2/rerank', documents: 2, cache: 'miss', calls: 1, tenant: 'local' }),
    );
    for (const secret of ['wrangler:info', 'animals', 'lives in the', 'hr_']) expect(log).not.toContain(secret);
  });

  it('sends a zip archive of a BEIR folder as it is, and the adapter is that of a local run on the folder', async () => {
    const files = judgedAnimalsAsBeir();
    const animals = join(home, 'beir-animals');
    await mkdir(join(animals, 'qrels'), { recursive: true });
    for (const [path, contents] of Object.entries(files)) await writeFile(join(animals, path), contents);
    const members = Object.entries(files).map(([path, contents]) => [`beir-animals/${path}`, Buffer.from(contents)]);
    await writeFile(`${animals}.zip`, writeZip(Object.fromEntries(members)));
    const flags = ['--steps', '6', ...small];
    const output = join(home, 'beir.safetensors');
    const local = await hintrank(['train', '--data', animals, '--model', modelPath, '--output', output, ...flags]);
    expect(local).toMatchObject({ exitCode: 0 });
    const remote = ['--remote', '--adapter', 'beir-animals', '--on-no-gain', 'publish', '--json'];
    const { exitCode, stdout, stderr } = await hintrank(['train', '--data', `${animals}.zip`, ...remote, ...flags]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const job = trainingJobSchema.parse(JSON.parse(stdout));
    expect((await api('GET', `/v1/datasets/${job.dataset}`)).body).toMatchObject({
      name: 'beir-animals',
      format: 'beir',
      queries: { train: 60, dev: 12, test: 0 },
      passages: 72,
      warnings: [],
    });
    const { body } = await api('GET', '/v1/adapters/beir-animals/versions/1');
    const digest = createHash('sha256')
      .update(await readFile(output))
      .digest('hex');
    expect(JSON.stringify(body)).toContain(digest);
    expect((await api('GET', `/v1/training-jobs/${job.id}/report`)).body).toEqual(
      JSON.parse(await readFile(`${output}.report.json`, 'utf8')),
    );
    const page = join(home, 'report.html');
    expect(await hintrank(['job', 'report', job.id, '--output', page])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await readFile(page, 'utf8')).toBe(await readFile(`${output}.report.html`, 'utf8'));
    const figures = await hintrank(['job', 'report', job.id]);
    expect(figures.stdout).toBe(await readFile(`${output}.report.json`, 'utf8'));
    expect(await hintrank(['job', 'report', job.id, '--output', join(home, 'report.pdf')])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it must end in .html (the page) or .json (the figures)'),
    });
    expect(await hintrank(['train', '--data', `${animals}.zip`, ...remote, '--with-title'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--with-title is not for an archive'),
    });
  });

  it('leaves the job alone at Ctrl-C and says how to follow and cancel it, which `job` then does', async () => {
    const leaving = new AbortController();
    const running = hintrank(
      ['train', '--data', data, '--remote', '--adapter', 'long', ...small, '--steps', '50000', '--patience', '50000'],
      leaving.signal,
    );
    const find = async () => {
      const { data: jobs } = z
        .object({ data: z.array(trainingJobSchema) })
        .parse((await api('GET', '/v1/training-jobs')).body);
      return jobs.find(({ adapter, state }) => adapter === 'long' && state === 'running');
    };
    let job = await find();
    for (; job === undefined; job = await find()) await delay(50);
    leaving.abort('SIGINT');
    const left = await running;
    expect(left).toMatchObject({ exitCode: 0, stdout: '' });
    expect(left.stderr).toContain(
      `Follow it: hintrank job follow ${job.id}. Cancel it: hintrank job cancel ${job.id}.`,
    );
    const followed = hintrank(['job', 'follow', job.id]);
    expect((await hintrank(['job', 'cancel', job.id])).stdout).toContain(`${job.id} (long): cancelling`);
    expect((await followed).stdout).toContain(`${job.id} (long): cancelled`);
    expect((await hintrank(['job', 'show', job.id, '--json'])).stdout).toContain('"state": "cancelled"');
    expect((await hintrank(['job', 'list'])).stdout).toContain(job.id);
  });

  it('names file and line of what is no judged query, before anything is sent, and passes on what the API says', async () => {
    const bad = join(home, 'bad.jsonl');
    await writeFile(bad, '{"query": "q", "relevant_passages": ["p"]}\n{"query": "q"}\n');
    const remote = ['--remote', '--adapter', 'a'];
    expect(await hintrank(['train', '--data', bad, ...remote])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${bad} line 2: relevant_passages`),
    });
    await writeFile(bad, '{"query": "q", "relevant_passages": ["p"]}\n');
    expect(await hintrank(['train', '--data', bad, ...remote])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it has 1 training queries; at least 40 are needed'),
    });
    for (const [words, message] of [
      [['train', '--data', bad, '--remote'], '--adapter NAME'],
      [['train', '--data', bad, ...remote, '--output', 'x'], '--output is for training on this machine'],
      [['train', '--data', bad, '--output', 'x', '--preset', 'quick'], '--preset belongs to --remote'],
      [['train', '--data', bad], '--output FILE'],
    ] as const) {
      expect(await hintrank(words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
    }
    const missing = await hintrank(['job', 'follow', 'tj_0']);
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('There is no training job "tj_0"') });
    expect(errorBodySchema.parse((await api('POST', '/internal/training/leases', {})).body).error.code).toBe(
      'unsigned_call',
    );
  });
});
