import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import type { Fault } from '#edge/testing/fake-gpu-worker.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';

const query = 'When was the tower built?';
const documents = Array.from({ length: 12 }, (_, index) => `[-${index + 1}] document`);
const body = { query, documents, deadline_ms: 1_000 };
const indicesOf = (results: readonly { readonly index: number }[]) => results.map(({ index }) => index);

/** Calls with the last document never end; time passes until their callers give up. */
function hangingForLast(clock: ManualClock): Fault {
  return ({ request }, init) => {
    if (!request.documents.includes('[-12] document')) return undefined;
    return new Promise((_, reject) => {
      init.signal.addEventListener('abort', () => reject(init.signal.reason));
      setTimeout(() => {
        while (!init.signal.aborted) clock.runToNextTimeout();
      }, 0);
    });
  };
}
const dead: Fault = () => Promise.reject(new Error('Network connection lost.'));

function hanging() {
  const clock = new ManualClock();
  return createTestApp({ clock, fault: hangingForLast(clock) });
}

describe('POST /v2/rerank: when time runs out', () => {
  it('504 by default, and for "error"', async () => {
    for (const extra of [{}, { on_deadline: 'error' }, { on_failure: 'partial' }, { on_deadline: null }]) {
      const { response, json } = await postRerank({ ...body, ...extra }, { test: hanging() });
      expect([response.status, json['message']]).toEqual([
        504,
        'The documents were not scored within deadline_ms, which is 1,000.',
      ]);
      expect(response.headers.get('x-degraded')).toBeNull();
    }
  });

  it('"partial": the documents that were scored, best first, before the deadline, and which were not', async () => {
    const test = hanging();
    const startedAtMs = test.clock.nowMs;
    const { response, body: answer } = await rerank({ ...body, on_deadline: 'partial' }, { test });
    expect(indicesOf(answer.results)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const unscored = [8, 9, 10, 11];
    expect(answer.meta.degraded).toEqual({ policy: 'partial', reason: 'deadline_exceeded', unscored });
    expect(response.headers.get('x-degraded')).toBe('partial; reason=deadline_exceeded');
    expect(test.clock.nowMs - startedAtMs).toBeLessThan(1_000);
    expect(answer.usage.total_tokens).toBe(8 * 7);
    expect(answer.meta.billed_units.search_units).toBe(1);
  });

  it('"partial" keeps what was scored: the next request only asks for the rest', async () => {
    const test = hanging();
    await rerank({ ...body, on_deadline: 'partial' }, { test });
    const before = test.calls.length;
    const again = await rerank({ ...body, on_deadline: 'partial' }, { test });
    expect(test.calls.slice(before).flatMap(({ request }) => request.documents)).toEqual(documents.slice(8));
    expect([again.response.headers.get('x-cache'), again.body.meta.cached_documents]).toEqual(['PARTIAL', 8]);
  });

  it('"partial" with not even a part is a 504', async () => {
    const clock = new ManualClock();
    const test = createTestApp({ clock, fault: hangingForLast(clock) });
    const { response } = await postRerank(
      { ...body, documents: documents.slice(-2), on_deadline: 'partial' },
      { test },
    );
    expect(response.status).toBe(504);
  });

  it('"original_order": all documents as they came, none with a score', async () => {
    const { body: answer } = await rerank({ ...body, on_deadline: 'original_order', top_n: 10 }, { test: hanging() });
    expect(indicesOf(answer.results)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const result of answer.results) {
      expect([result.relevance_score, result.mean_log_likelihood]).toEqual([0, undefined]);
    }
    expect(answer.meta.degraded?.unscored).toEqual([8, 9, 10, 11]);
  });
});

describe('POST /v2/rerank: when workers fail', () => {
  it('503 with Retry-After by default, and where only the deadline is excused', async () => {
    for (const extra of [{}, { on_failure: 'error' }, { on_deadline: 'original_order' }]) {
      const { response, json } = await postRerank({ ...body, ...extra }, { fault: dead });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(json['error']).toMatchObject({ code: 'no_worker_available' });
    }
  });

  it('"original_order": all documents as they came, in every client’s shape', async () => {
    const asked = { ...body, on_failure: 'original_order', raw_scores: true };
    const { response, body: answer } = await rerank(asked, { fault: dead });
    expect(indicesOf(answer.results)).toEqual(documents.map((_, index) => index));
    expect(answer.meta.degraded).toMatchObject({ policy: 'original_order', reason: 'no_worker_available' });
    expect([
      response.headers.get('x-degraded'),
      answer.usage.total_tokens,
      answer.meta.billed_units.search_units,
    ]).toEqual(['original_order; reason=no_worker_available', 0, 0]);
    const tei = await postRerank(
      { query, texts: documents.slice(0, 2), on_failure: 'original_order' },
      { fault: dead },
    );
    expect(tei.json).toEqual([
      { index: 0, score: 0 },
      { index: 1, score: 0 },
    ]);
    expect(tei.response.headers.get('x-degraded')).toBe('original_order; reason=no_worker_available');
  });

  it('"partial": what is kept of earlier requests', async () => {
    let fault: Fault = () => undefined;
    const test = createTestApp({ fault: (call, init) => fault(call, init) });
    await rerank({ query, documents: documents.slice(0, 3) }, { test });
    fault = dead;
    const { body: answer } = await rerank({ ...body, on_failure: 'partial' }, { test });
    expect(indicesOf(answer.results)).toEqual([0, 1, 2]);
    expect(answer.meta.cached_documents).toBe(3);
    const whole = await rerank({ query, documents: documents.slice(0, 3) }, { test });
    expect(whole.response.headers.get('x-cache')).toBe('HIT');
  });

  it('an error all the same where the request itself is refused', async () => {
    const error = { code: 'invalid_request', message: 'query has 9,000 tokens, the limit is 8,000', request_id: 'r' };
    const fault: Fault = () => Promise.resolve(Response.json({ error }, { status: 400 }));
    const asked = { ...body, on_failure: 'original_order', on_deadline: 'original_order' };
    expect((await postRerank(asked, { fault })).response.status).toBe(400);
  });

  it('400 for a policy that there is not', async () => {
    const { response, json } = await postRerank({ ...body, on_failure: 'ignore' });
    expect([response.status, json['message']]).toEqual([
      400,
      'on_failure is "ignore"; it must be one of "error", "partial", "original_order"',
    ]);
  });
});

describe('POST /v2/rerank: when the caller goes', () => {
  it('lets go of every call to a worker', async () => {
    const caller = new AbortController();
    const signals: AbortSignal[] = [];
    const fault: Fault = (_, init) =>
      new Promise((_resolve, reject) => {
        signals.push(init.signal);
        init.signal.addEventListener('abort', () => reject(init.signal.reason));
        if (signals.length === 2) caller.abort();
      });
    const { response } = await postRerank(body, { workers: ['http://a', 'http://b'], fault, signal: caller.signal });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect([response.status, signals.map(({ aborted }) => aborted)]).toEqual([499, [true, true]]);
  });
});

describe('POST /v2/rerank: where the request comes in', () => {
  const environment = {
    workerTargets: [
      { id: 'http://us', url: 'http://us', region: 'enam' },
      { id: 'http://eu#0', url: 'http://eu', region: 'weur', shard: '0' },
    ],
  };

  it.each([
    ['EU', 'http://eu'],
    ['NA', 'http://us'],
  ])('decides the region of its workers: %s goes to %s', async (continent, worker) => {
    const { calls } = await rerank(body, { environment, place: { continent } });
    expect(calls.map((call) => call.worker)).toEqual([worker]);
  });

  it('does not matter where the nearest region is gone', async () => {
    const fault: Fault = (call) => (call.worker === 'http://eu' ? dead(call, {} as never) : undefined);
    const { calls } = await rerank(body, { environment, fault, place: { continent: 'EU' } });
    expect(calls.map((call) => call.worker)).toEqual(['http://eu', 'http://us']);
  });
});
