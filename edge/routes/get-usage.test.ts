import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import { createSwitchableDatabase } from '#edge/testing/switchable-database.ts';
import { createdKeyResponseSchema } from '#shared/protocol/key-response.ts';
import { usageResponseSchema } from '#shared/protocol/usage-response.ts';

/** A tenant that no other test has, and calls after which background work has been waited for. */
async function setUp(options: TestAppOptions = {}) {
  const tenantId = `tenant-${crypto.randomUUID()}`;
  const test = createTestApp(options);
  const admin = await seedKey({ tenantId, scopes: ['admin'] });
  const call = async (key: string, method: string, path: string, body?: object) => {
    const context = createExecutionContext();
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await test.app.request(path, init, { DB: env.DB }, context);
    await waitOnExecutionContext(context);
    return response;
  };
  const create = async (terms: object = {}) => {
    const response = await call(admin, 'POST', '/v1/keys', { name: 'k', scopes: ['rerank'], ...terms });
    return createdKeyResponseSchema.parse(await response.json());
  };
  /** 3 tokens of query and document each: 6 a document. */
  const rerank = (key: string, documents = 1, query = `about ${crypto.randomUUID()} x`) => {
    const texts = Array.from({ length: documents }, (_, index) => `number ${index} here`);
    return call(key, 'POST', '/v2/rerank', { query, documents: texts });
  };
  const usage = async (query = '') => {
    const response = await call(admin, 'GET', `/v1/usage${query}`);
    expect(response.status).toBe(200);
    return usageResponseSchema.parse(await response.json());
  };
  return { ...test, admin, call, create, rerank, usage };
}

describe('GET /v1/usage: 200', () => {
  it('sums what the tenant’s keys used, by day', async () => {
    const { create, rerank, usage, clock } = await setUp();
    const [one, two] = [await create(), await create()];
    await rerank(one.key, 2);
    await rerank(two.key, 101);
    clock.advance(86_400_000);
    await rerank(one.key);
    expect(await usage()).toEqual({
      object: 'list',
      from: '2026-10-26',
      to: '2026-11-24',
      totals: { requests: 3, search_units: 4, tokens: 624, cached_tokens: 0 },
      data: [
        { day: '2026-11-23', requests: 2, search_units: 3, tokens: 618, cached_tokens: 0 },
        { day: '2026-11-24', requests: 1, search_units: 1, tokens: 6, cached_tokens: 0 },
      ],
    });
    expect((await usage('?from=2026-11-24')).totals.tokens).toBe(6);
    expect((await usage(`?key_id=${two.id}`)).totals.tokens).toBe(606);
  });

  it('sums by key, the one that used most first', async () => {
    const { create, rerank, usage } = await setUp();
    const [one, two] = [await create(), await create()];
    await rerank(one.key);
    await rerank(two.key, 3);
    const { data, totals } = await usage('?group_by=key');
    expect(data.map(({ key_id, tokens }) => [key_id, tokens])).toEqual([
      [two.id, 18],
      [one.id, 6],
    ]);
    expect(totals).toMatchObject({ requests: 2, tokens: 24 });
  });

  it('tells tokens of the score cache apart', async () => {
    const { create, rerank, usage } = await setUp();
    const { key } = await create();
    for (const documents of [2, 3]) await rerank(key, documents, 'one two three');
    expect((await usage()).totals).toEqual({ requests: 2, search_units: 2, tokens: 30, cached_tokens: 12 });
  });

  it('does not count a request that failed', async () => {
    const { create, call, usage } = await setUp({ fault: () => Promise.reject(new Error('down')) });
    const { key } = await create();
    const response = await call(key, 'POST', '/v2/rerank', { query: 'q', documents: ['d'] });
    expect(response.status).toBe(503);
    expect((await usage()).data).toEqual([]);
  });

  it('shows no other tenant’s use, and another’s key is 404', async () => {
    const mine = await setUp();
    const theirs = await setUp();
    const { id, key } = await theirs.create();
    await theirs.rerank(key);
    expect((await mine.usage()).data).toEqual([]);
    expect((await mine.usage('?group_by=key')).data).toEqual([]);
    const response = await mine.call(mine.admin, 'GET', `/v1/usage?key_id=${id}`);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 404,
      body: { error: { code: 'key_not_found', param: 'key_id' } },
    });
  });
});

describe('GET /v1/usage: 400', () => {
  it.each([
    ['from=yesterday', 'from is "yesterday"; it must be a day such as 2026-11-23'],
    ['from=2026-02-30', 'from is "2026-02-30"; it must be a day such as 2026-11-23'],
    ['group_by=hour', 'group_by is "hour"; it must be one of "day", "key"'],
    ['from=2025-01-01', 'from 2025-01-01 to 2026-11-23 are 692 days, the limit is 366'],
    ['days=3', 'days is not known here; leave it out'],
  ])('for ?%s', async (query, message) => {
    const { call, admin } = await setUp();
    const response = await call(admin, 'GET', `/v1/usage?${query}`);
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status: 400, body: { message } });
  });
});

describe('tokens a day', () => {
  it('are refused past the quota until the next day, and every answer says what is left', async () => {
    const { create, rerank, clock } = await setUp();
    const { key } = await create({ tokens_per_day: 10 });
    const left = (response: Response) => [response.status, response.headers.get('x-ratelimit-remaining-tokens')];
    expect(left(await rerank(key))).toEqual([200, '4']);
    expect(left(await rerank(key))).toEqual([200, '0']);
    clock.advance(3_600_000);
    const refused = await rerank(key);
    expect(left(refused)).toEqual([429, '0']);
    expect(refused.headers.get('x-ratelimit-limit-tokens')).toBe('10');
    expect(refused.headers.get('retry-after')).toBe(String(23 * 3600));
    expect(refused.headers.get('x-ratelimit-reset-tokens')).toBe(String(Date.UTC(2026, 10, 24) / 1000));
    expect(await refused.json()).toMatchObject({
      message:
        'The API key has used its tokens of 2026-11-23 (UTC), of which it has 10; they are counted anew tomorrow.',
      error: { code: 'quota_exceeded' },
    });
    clock.advance(23 * 3_600_000);
    expect(left(await rerank(key))).toEqual([200, '4']);
  });

  it('are seen by an isolate that begins later', async () => {
    const { create, rerank } = await setUp();
    const { key } = await create({ tokens_per_day: 6 });
    expect((await rerank(key)).status).toBe(200);
    const elsewhere = createTestApp();
    const headers = { authorization: key, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: 'q', documents: ['d'] });
    const response = await elsewhere.app.request('/v2/rerank', { method: 'POST', headers, body }, { DB: env.DB });
    expect(response.status).toBe(429);
  });

  it('leave routes open that use none', async () => {
    const { create, rerank, call } = await setUp();
    const { key } = await create({ tokens_per_day: 1 });
    await rerank(key);
    expect((await rerank(key)).status).toBe(429);
    expect((await call(key, 'GET', '/v1/models')).status).toBe(200);
  });
});

describe('while D1 is down', () => {
  it('reranks go on for a key that is cached, and usage says that it cannot be read', async () => {
    const { database, state } = createSwitchableDatabase();
    const { create, rerank, call, admin, usage, logs } = await setUp({ database });
    const { key } = await create({ tokens_per_day: 100 });
    await rerank(key);
    state.down = true;
    expect((await rerank(key)).status).toBe(200);
    const response = await call(admin, 'GET', '/v1/usage');
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 503,
      body: { error: { code: 'usage_unavailable' } },
    });
    expect(logs).toContainEqual(expect.objectContaining({ event: 'usage_not_written' }));
    state.down = false;
    await rerank(key);
    expect((await usage()).totals).toMatchObject({ requests: 3, tokens: 18 });
  });
});
