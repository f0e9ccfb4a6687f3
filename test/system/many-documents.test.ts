import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorBodySchema } from '#shared/protocol/error-body.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import { createEdgeFolder, type StartedEdge, startEdge } from '#test/support/start-edge.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/support/start-worker-process.ts';

/** The real edge in workerd over two processes with a worker's real HTTP service, whose queues hold one call each and little more. */
let edge: StartedEdge;
let workers: WorkerProcess[];
const baseModel = 'smollm2-135m-instruct';

beforeAll(async () => {
  const folder = await createEdgeFolder();
  const options = { signingKey: folder.secrets.worker_signing_key, baseModel, documentMs: 1, queueLengthMax: 150 };
  workers = await Promise.all([1, 2].map(() => startWorkerProcess(options)));
  edge = await startEdge(folder, { GPU_WORKER_URLS: workers.map(({ url }) => url).join(','), BASE_MODEL: baseModel });
});
afterAll(async () => {
  for (const worker of workers) worker.signal('SIGKILL');
  await edge.stop();
});

async function send(documents: readonly string[]): Promise<Response> {
  return fetch(`${edge.url}/v2/rerank`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${edge.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: 'which?', documents, scoring: 'likelihood', raw_scores: true, deadline_ms: 300_000 }),
  });
}

/** Longer ones score lower with these workers; together as much text as a body may have. */
const documents = Array.from(
  { length: 10_000 },
  (_, index) => `${index} ${'x'.repeat(400 + ((index * 7_919) % 1_000))}`,
);

it('scores ten thousand documents, each once, on workers whose queues are far shorter, and none is refused for it', async () => {
  const response = await send(documents);
  const json: unknown = await response.json();
  expect({ status: response.status, json }).toMatchObject({ status: 200 });
  const { results, meta } = rerankResponseSchema.parse(json);
  const wanted = documents.map((text, index) => ({ index, score: -text.length / 100 }));
  wanted.sort((one, other) => other.score - one.score || one.index - other.index);
  expect(results.map(({ index, relevance_score: score }) => ({ index, score }))).toEqual(wanted);
  expect(meta.billed_units.search_units).toBe(100);
  const counts = await Promise.all(workers.map(async (one) => [await one.scored(), await one.refused()] as const));
  expect(counts.reduce((sum, [scored]) => sum + scored, 0)).toBeGreaterThanOrEqual(10_000);
  expect(counts.reduce((sum, [, refused]) => sum + refused, 0)).toBeGreaterThan(0);
});

it('refuses one more, with the field, the value and the limit', async () => {
  const response = await send([...Array.from({ length: 10_001 }, () => 'x')]);
  expect(response.status).toBe(400);
  const { message } = errorBodySchema.parse(await response.json());
  expect(message).toBe('documents has 10,001 items, the limit is 10,000');
});
