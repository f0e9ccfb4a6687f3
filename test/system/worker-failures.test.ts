import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorBodySchema } from '#shared/protocol/error-body.ts';
import { type RerankResponse, rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import { createEdgeFolder, type StartedEdge, startEdge } from '#test/support/start-edge.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/support/start-worker-process.ts';

/** The real edge in workerd over three processes with a worker's real HTTP service, which are killed and stopped under load. */
let edge: StartedEdge;
let workers: WorkerProcess[];
const baseModel = 'smollm2-135m-instruct';
const documents = Array.from({ length: 12 }, (_, index) => `document ${'x'.repeat(index)}`);
const callers = 20;

beforeAll(async () => {
  const folder = await createEdgeFolder();
  const options = { signingKey: folder.secrets.worker_signing_key, baseModel, documentMs: 2 };
  workers = await Promise.all([1, 2, 3].map(() => startWorkerProcess(options)));
  const urls = workers.map(({ url }) => url).join(',');
  edge = await startEdge(folder, { GPU_WORKER_URLS: urls, BASE_MODEL: baseModel });
});
afterAll(async () => {
  for (const worker of workers) worker.signal('SIGKILL');
  await edge.stop();
});

let queries = 0;
const newQuery = () => `query ${++queries}`;

async function send(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${edge.url}/v2/rerank`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${edge.apiKey}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query: newQuery(), documents, ...body }),
  });
}

async function rerank(body: object = {}): Promise<{ readonly response: Response; readonly answer: RerankResponse }> {
  const response = await send(body);
  const json: unknown = await response.json();
  expect({ status: response.status, json }).toMatchObject({ status: 200 });
  return { response, answer: rerankResponseSchema.parse(json) };
}

/** Twenty callers send new queries one after the other; `disturb` happens when a third of all requests are through. */
async function underLoad(requests: number, disturb: () => void): Promise<Response[]> {
  const responses: Response[] = [];
  let sent = 0;
  const caller = async () => {
    while (sent < requests) {
      sent += 1;
      responses.push(await send({}));
      if (responses.length === Math.floor(requests / 3)) disturb();
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return responses;
}

async function expectAllScored(responses: readonly Response[]): Promise<void> {
  for (const response of responses) {
    const json: unknown = await response.json();
    expect({ status: response.status, json }).toMatchObject({ status: 200 });
    expect(rerankResponseSchema.parse(json).results).toHaveLength(documents.length);
    expect(response.headers.get('x-cache')).toBe('MISS');
  }
}

const scoredByAll = async () =>
  (await Promise.all(workers.map((worker) => worker.scored()))).reduce((a, b) => a + b, 0);

describe('equal requests', () => {
  it('that run at the same time are scored once, and later ones not at all, with the same bits', async () => {
    const before = await scoredByAll();
    const query = newQuery();
    const together = await Promise.all(Array.from({ length: 8 }, () => rerank({ query })));
    expect(await scoredByAll()).toBe(before + documents.length);
    const later = await rerank({ query });
    expect(await scoredByAll()).toBe(before + documents.length);
    expect(later.response.headers.get('x-cache')).toBe('HIT');
    for (const { answer } of together) expect(later.answer.results).toStrictEqual(answer.results);
  });

  it('with no-store are scored each time', async () => {
    const before = await scoredByAll();
    const query = newQuery();
    for (const response of [await send({ query }, { 'Cache-Control': 'no-store' }), await send({ query })]) {
      expect([response.status, response.headers.get('x-cache')]).toEqual([200, 'MISS']);
    }
    expect(await scoredByAll()).toBe(before + 2 * documents.length);
  });
});

describe('documents', () => {
  it('always go to the same worker', async () => {
    const share = async () => {
      const before = await Promise.all(workers.map((worker) => worker.scored()));
      await rerank();
      const after = await Promise.all(workers.map((worker) => worker.scored()));
      return after.map((count, index) => count - (before[index] ?? 0));
    };
    const first = await share();
    expect(first.reduce((a, b) => a + b, 0)).toBe(documents.length);
    expect(await share()).toEqual(first);
  });
});

describe('under twenty concurrent requests', () => {
  it('a worker that is killed costs nobody an answer', async () => {
    await expectAllScored(await underLoad(80, () => workers[0]?.signal('SIGKILL')));
  });

  it('a worker that hangs costs nobody an answer', async () => {
    await expectAllScored(await underLoad(80, () => workers[1]?.signal('SIGSTOP')));
  });
});

// Last, because nothing serves after it.
describe('with every worker dead', () => {
  it('answers 503 with Retry-After, or the original order where that is asked for; what is kept goes on', async () => {
    workers[1]?.signal('SIGCONT');
    const kept = newQuery();
    await rerank({ query: kept });
    for (const worker of workers) worker.signal('SIGKILL');
    const response = await send({ deadline_ms: 5_000 });
    const { error } = errorBodySchema.parse(await response.json());
    expect([response.status, error.code]).toEqual([503, 'no_worker_available']);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);

    const { answer } = await rerank({ on_failure: 'original_order' });
    expect(answer.results.map(({ index }) => index)).toEqual(documents.map((_, index) => index));
    expect((await rerank({ query: kept })).response.headers.get('x-cache')).toBe('HIT');
  });
});
