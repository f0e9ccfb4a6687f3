import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createCacheApiTier } from '#edge/score-cache/cache-api-tier.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import type { Fault } from '#edge/testing/fake-gpu-worker.ts';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';
import { seedAdapter, seedKey } from '#edge/testing/seed-database.ts';

const query = 'When was the tower built?';
const documents = ['[-2.5] second', '[-0.1234567890123456789] {0.7} first', '[-4] third'];
const body = { query, documents };

/** The answer but for what is new in each: the request's id and what was cached. */
function scoresOf({ body: { results, usage, model } }: Awaited<ReturnType<typeof rerank>>) {
  return { results, usage, model };
}
const statusOf = ({ response }: { readonly response: Response }) => response.headers.get('x-cache');

describe('POST /v2/rerank: scores from the cache', () => {
  it('are bit for bit those of the first answer, cost the workers nothing, and are counted', async () => {
    const test = createTestApp();
    const fresh = await rerank(body, { test });
    expect([statusOf(fresh), fresh.body.meta.cached_documents, fresh.body.meta.cached_tokens]).toEqual(['MISS', 0, 0]);
    const cached = await rerank(body, { test });
    expect(scoresOf(cached)).toStrictEqual(scoresOf(fresh));
    const { total_tokens } = cached.body.usage;
    expect([statusOf(cached), cached.body.meta.cached_documents, cached.body.meta.cached_tokens]).toEqual([
      'HIT',
      3,
      total_tokens,
    ]);
    expect(test.calls).toHaveLength(1);
    expect(cached.response.headers.get('server-timing')).toMatch(/^total;/);
  });

  it('leave only new documents to the workers, whatever their order', async () => {
    const test = createTestApp();
    await rerank(body, { test });
    const partial = await rerank({ query, documents: ['[-1] new', ...documents.toReversed()] }, { test });
    expect(test.calls[1]?.request.documents).toEqual(['[-1] new']);
    expect([statusOf(partial), partial.body.meta.cached_documents]).toEqual(['PARTIAL', 3]);
    const alone = await rerank({ query, documents: ['[-1] new', ...documents.toReversed()] });
    expect(partial.body.results).toStrictEqual(alone.body.results);
  });

  it('serve a text that a request has twice, which the workers get once', async () => {
    const { calls, body: answer } = await rerank({ query, documents: ['same', 'other', 'same'] });
    expect(calls[0]?.request.documents).toEqual(['same', 'other']);
    expect(answer.results).toHaveLength(3);
  });

  it('are blended as fresh ones, though likelihoods alone were asked for before or after', async () => {
    const test = createTestApp();
    const raw = await rerank({ ...body, scoring: 'likelihood' }, { test });
    const blended = await rerank(body, { test });
    expect([statusOf(raw), statusOf(blended)]).toEqual(['MISS', 'MISS']);
    expect(scoresOf(blended)).toStrictEqual(scoresOf(await rerank(body)));
    const again = await rerank({ ...body, scoring: 'likelihood' }, { test });
    expect(statusOf(again)).toBe('HIT');
    expect(scoresOf(again)).toStrictEqual(scoresOf(raw));
  });

  it('depend on the first-stage scores and top_n of each request alone', async () => {
    const test = createTestApp();
    await rerank(body, { test });
    const cut = await rerank({ ...body, top_n: 1, return_documents: true }, { test });
    expect([statusOf(cut), cut.body.results.length, cut.body.results[0]?.document?.text]).toEqual([
      'HIT',
      1,
      documents[1],
    ]);
  });

  it('are found by other isolates through the Cache API', async () => {
    const sharedTier = createCacheApiTier(caches);
    const tenantId = crypto.randomUUID();
    const [one, other] = [createTestApp({ sharedTier }), createTestApp({ sharedTier })];
    const fresh = await rerank(body, { test: one, tenantId });
    const cached = await rerank(body, { test: other, tenantId });
    expect([statusOf(fresh), statusOf(cached), other.calls.length]).toEqual(['MISS', 'HIT', 0]);
    expect(scoresOf(cached)).toStrictEqual(scoresOf(fresh));
  });
});

describe('POST /v2/rerank: who never meets whose scores', () => {
  it('another tenant', async () => {
    const test = createTestApp();
    await rerank(body, { test, tenantId: 'one' });
    expect(statusOf(await rerank(body, { test, tenantId: 'other' }))).toBe('MISS');
    expect(statusOf(await rerank(body, { test, tenantId: 'one' }))).toBe('HIT');
  });

  it('a new version of an adapter, under the same name', async () => {
    const tenantId = crypto.randomUUID();
    await seedAdapter(tenantId, 'tickets', 1);
    const test = createTestApp();
    const call = { ...body, model: 'tickets' };
    await rerank(call, { test, tenantId });
    expect(statusOf(await rerank(call, { test, tenantId }))).toBe('HIT');
    expect(statusOf(await rerank(body, { test, tenantId }))).toBe('MISS');
    await seedAdapter(tenantId, 'tickets', 2);
    const renewed = await rerank(call, { test, tenantId });
    expect([statusOf(renewed), renewed.body.model]).toEqual(['MISS', 'tickets@2']);
    expect(statusOf(await rerank({ ...call, model: 'tickets@1' }, { test, tenantId }))).toBe('HIT');
  });

  it.each([
    ['another query', { query: 'When was the tower painted?' }],
    ['another length of documents', { max_tokens_per_doc: 7 }],
  ])('%s', async (_name, change) => {
    const test = createTestApp();
    await rerank(body, { test });
    expect(statusOf(await rerank({ ...body, ...change }, { test }))).toBe('MISS');
  });

  it('a model that replaced another under the same id: not even beside a new document', async () => {
    let fingerprint = 'old';
    const scores = (texts: readonly string[]) =>
      texts.map(() => ({
        mean_log_likelihood: fingerprint === 'old' ? -1 : -9,
        document_tokens: 1,
        truncated: false,
        lexical_match: 0,
      }));
    const fault: Fault = ({ request }) =>
      Promise.resolve(
        Response.json({
          model: 'm',
          template: 't',
          query_tokens: 1,
          compute_ms: 1,
          scores: scores(request.documents),
          query_log_likelihood: -3,
          scoring_fingerprint: fingerprint,
        }),
      );
    const test = createTestApp({ fault });
    await rerank(body, { test });
    await rerank(body, { test });
    fingerprint = 'new';
    const mixed = await rerank({ query, documents: [...documents, 'new'] }, { test });
    expect(mixed.body.results.map((result) => result.mean_log_likelihood)).toEqual([-9, -9, -9, -9]);
    const after = await rerank(body, { test });
    expect([statusOf(after), after.body.results[0]?.mean_log_likelihood]).toEqual(['HIT', -9]);
  });
});

describe('POST /v2/rerank: what is not cached', () => {
  it.each([
    ['no-cache', 'HIT'],
    ['max-age=0', 'HIT'],
    ['no-store', 'MISS'],
  ])('Cache-Control: %s scores anew; a request after it gets a %s', async (cacheControl, after) => {
    const headers = { 'cache-control': cacheControl };
    const test = createTestApp();
    expect(statusOf(await rerank(body, { test, headers }))).toBe('MISS');
    expect(statusOf(await rerank(body, { test, headers }))).toBe('MISS');
    expect(statusOf(await rerank(body, { test }))).toBe(after);
    expect(statusOf(await rerank(body, { test, headers }))).toBe('MISS');
  });

  it('failures', async () => {
    let fails = true;
    const fault: Fault = () => (fails ? Promise.resolve(new Response('', { status: 500 })) : undefined);
    const test = createTestApp({ fault });
    expect((await postRerank(body, { test })).response.status).toBe(503);
    fails = false;
    expect(statusOf(await rerank(body, { test }))).toBe('MISS');
  });

  it('anything, where the memory for it is set to 0', async () => {
    const test = createTestApp({ environment: { scoreCacheBytesMax: 0 } });
    await rerank(body, { test });
    expect(statusOf(await rerank(body, { test }))).toBe('MISS');
  });

  it('scores of workers that do not say what theirs are equal to', async () => {
    const fault: Fault = ({ request }) => {
      const scores = request.documents.map(() => ({ mean_log_likelihood: -1, document_tokens: 1, truncated: false }));
      return Promise.resolve(Response.json({ model: 'm', template: 't', query_tokens: 1, compute_ms: 1, scores }));
    };
    const test = createTestApp({ fault });
    await rerank(body, { test });
    expect(statusOf(await rerank(body, { test }))).toBe('MISS');
  });
});

describe('POST /v2/rerank: equal requests at the same time', () => {
  const send = (
    test: ReturnType<typeof createTestApp>,
    key: string,
    extra: object = {},
    headers: Record<string, string> = {},
  ) =>
    test.app.request(
      '/v2/rerank',
      {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...body, ...extra }),
      },
      { DB: env.DB },
    );

  it('share one computation, and each gets its own answer', async () => {
    const gate = Promise.withResolvers<undefined>();
    const test = createTestApp({ fault: () => gate.promise as unknown as Promise<Response> });
    const key = await seedKey();
    const answers = Array.from({ length: 5 }, (_, index) => send(test, key, { top_n: index + 1 }));
    const refusing = send(test, key, {}, { 'cache-control': 'no-store' });
    while (test.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    gate.resolve(undefined);
    const bodies = await Promise.all(answers.map(async (answer) => (await answer).json<{ results: unknown[] }>()));
    expect(bodies.map(({ results }) => results.length)).toEqual([1, 2, 3, 3, 3]);
    expect((await refusing).status).toBe(200);
    expect(test.calls).toHaveLength(2);
  });

  it('do not across tenants', async () => {
    const test = createTestApp();
    const keys = [await seedKey({ tenantId: 'one' }), await seedKey({ tenantId: 'other' })];
    await Promise.all(keys.map((key) => send(test, key)));
    expect(test.calls).toHaveLength(2);
  });
});
