import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSample, type Sample } from '#infra/local/sample/read-sample.ts';
import { externalObjectStore } from '#test/support/external-object-store.ts';
import {
  createTemporaryState,
  type LocalSystem,
  startLocalSystem,
  type TemporaryState,
} from '#test/support/start-local-system.ts';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from '#test/support/start-trace-receiver.ts';

const workerCount = 2;
/** Id of the caller's own span. */
const caller = '00f067aa0ba902b7';

let receiver: TraceReceiver;
let state: TemporaryState;
let system: LocalSystem;
let sample: Sample;

beforeAll(async () => {
  receiver = await startTraceReceiver();
  state = await createTemporaryState();
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-team=search%20ops' };
  system = await startLocalSystem(state.folder, externalObjectStore(), { workers: workerCount, tracing });
  sample = await readSample();
});
afterAll(async () => {
  await system.stop();
  await state.remove();
});

async function rerank(traceId: string, body: object = {}, flags = '01') {
  const response = await fetch(`${system.url}/v2/rerank`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${system.apiKey}`,
      'Content-Type': 'application/json',
      traceparent: `00-${traceId}-${caller}-${flags}`,
    },
    body: JSON.stringify({
      query: sample.question,
      documents: sample.passages.slice(0, 12).map(({ text }) => text),
      ...body,
    }),
  });
  expect({ status: response.status, body: await response.text() }).toMatchObject({ status: 200 });
}

const spansOf = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);
const isServer = ({ kind }: ReceivedSpan) => kind === 2;

const parentIn = (spans: readonly ReceivedSpan[], { parentSpanId }: ReceivedSpan) =>
  spans.find(({ spanId }) => spanId === parentSpanId);

/** Whether the spans are a whole trace: the edge's own, a worker's under each call that scored, and nothing whose parent is still to come. A busy machine may have hedged a call; it adds spans. */
function isWhole(spans: readonly ReceivedSpan[]): boolean {
  const roots = spans.filter((span) => parentIn(spans, span) === undefined);
  const scored = spans.filter(({ attributes }) => attributes['hintrank.outcome'] === 'scored');
  return (
    roots.length === 1 &&
    roots[0]?.parentSpanId === caller &&
    scored.every(({ spanId }) => spans.some(({ parentSpanId }) => parentSpanId === spanId))
  );
}

/** Spans of the trace, once it is whole. */
async function collect(traceId: string): Promise<readonly ReceivedSpan[]> {
  await receiver.waitFor(() => isWhole(spansOf(traceId)));
  return spansOf(traceId);
}

describe('one rerank over two workers', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  let spans: readonly ReceivedSpan[];
  const named = (name: string) => spans.filter((span) => span.name === name);
  const parentOf = (span: ReceivedSpan) => parentIn(spans, span);

  beforeAll(async () => {
    await rerank(traceId);
    spans = await collect(traceId);
  }, 60_000);

  it('is one tree: the caller’s span, the edge, its calls, the workers, their threads', () => {
    expect(receiver.faults).toEqual([]);
    const [root] = spans.filter((span) => parentOf(span) === undefined);
    expect(root).toMatchObject({
      service: 'hintrank-edge',
      name: 'POST /v2/rerank',
      attributes: { 'http.response.status_code': 200, 'hintrank.cache': 'miss' },
    });
    const calls = named('POST /v1/score');
    expect(new Set(calls.map(({ service }) => service))).toEqual(new Set(['hintrank-worker']));
    expect(new Set(calls.map((call) => parentOf(call)?.name))).toEqual(new Set(['call worker']));
    expect(new Set(named('call worker').map(({ attributes }) => attributes['server.address'])).size).toBe(workerCount);
  });

  it('shows on which thread each worker’s documents were, and what it did with them', () => {
    const batches = named('batch');
    expect(new Set(batches.map((batch) => parentOf(batch)?.spanId)).size).toBeGreaterThanOrEqual(workerCount);
    for (const batch of batches) {
      expect(batch.attributes['hintrank.thread']).toBe(0);
      const parts = spans.filter(({ parentSpanId }) => parentSpanId === batch.spanId);
      expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['tokenize', 'prefix', 'suffix run']));
      for (const { name, attributes, startNs, endNs } of parts) {
        if (name === 'suffix run') expect(attributes['hintrank.rows']).toBeGreaterThan(0);
        expect(endNs).toBeGreaterThanOrEqual(startNs);
      }
    }
    const first = named('call worker').filter(({ attributes }) => attributes['hintrank.attempt'] === 1);
    expect(first.reduce((sum, { attributes }) => sum + Number(attributes['hintrank.documents']), 0)).toBe(12);
  });

  it('carries nothing of the caller’s: no text, key or tenant', () => {
    const text = JSON.stringify(spans, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const secret of [sample.question, sample.passages[0]?.text ?? '', system.apiKey, 'key_local', '"local"']) {
      expect(text).not.toContain(secret);
    }
  });

  it('is sent with the collector’s headers', () => {
    expect(new Set(receiver.exports.map((headers) => headers['x-team']))).toEqual(new Set(['search ops']));
  });
});

it('a second request finds its scores kept, and calls nobody', async () => {
  const traceId = 'a'.repeat(32);
  await rerank(traceId);
  await receiver.waitFor(() => spansOf(traceId).some(isServer));
  expect(spansOf(traceId).map(({ name }) => name)).not.toContain('call worker');
  expect(spansOf(traceId).find(({ name }) => name === 'look up scores')?.attributes).toMatchObject({
    'hintrank.documents': 12,
    'hintrank.hits': 12,
  });
});

it('an adapter’s request shows the loading and the hints', async () => {
  const traceId = 'b'.repeat(32);
  await rerank(traceId, { model: 'squad-sample' });
  const names = (await collect(traceId)).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['find model', 'adapter', 'hints']));
});

it('requests that share a batch are linked', async () => {
  // While one batch runs, the others' documents gather and share the next.
  const traceIds = Array.from({ length: 6 }, (_, index) => `c${index}`.repeat(16));
  await Promise.all(traceIds.map((traceId) => rerank(traceId, { query: `who wrote it? ${traceId}` })));
  const traces = await Promise.all(traceIds.map(collect));
  const linked = traces.flatMap((spans) => spans.flatMap(({ links }) => links));
  expect(linked.length).toBeGreaterThan(0);
  const calls = new Set(receiver.spans.filter(({ name }) => name === 'POST /v1/score').map(({ spanId }) => spanId));
  for (const link of linked) expect(calls).toContain(link);
  for (const { links, parentSpanId } of traces.flat()) expect(links).not.toContain(parentSpanId);
});

it('neither a caller who declines nor a call without a signature leaves a span', async () => {
  const declined = 'e'.repeat(32);
  await rerank(declined, { query: 'not to be traced' }, '00');
  const unsigned = 'f'.repeat(32);
  const headers = { traceparent: `00-${unsigned}-${caller}-01` };
  const refused = await fetch(`${system.workers[0]}/v1/score`, { method: 'POST', headers, body: '{}' });
  expect(refused.status).toBe(401);
  const last = '1'.repeat(32);
  await rerank(last, { query: 'to be traced, afterwards' });
  await collect(last);
  expect([...spansOf(declined), ...spansOf(unsigned)]).toEqual([]);
});

it('requests are answered as ever when the collector is gone, and each log says it once', async () => {
  await receiver.close();
  for (let request = 0; request < 3; request += 1) await rerank('2'.repeat(32), { query: `unseen ${request}` });
  await system.stop();
  for (const [log, event] of [
    ['gpu-worker-1.log', 'traces are not exported'],
    ['gpu-worker-2.log', 'traces are not exported'],
    ['edge.log', 'traces_not_exported'],
  ] as const) {
    const lines = (await readFile(join(state.folder, 'logs', log), 'utf8')).split('\n');
    expect(lines.filter((line) => line.includes(event))).toHaveLength(1);
  }
});
