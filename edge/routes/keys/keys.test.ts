import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { errorOf, setUpKeys } from '#edge/testing/key-calls.ts';
import { createSwitchableDatabase } from '#edge/testing/switchable-database.ts';
import { isWellFormedApiKey } from '#shared/api-keys/api-key.ts';
import { type KeyResponse, keyListResponseSchema, keyResponseSchema } from '#shared/protocol/key-response.ts';

describe('POST /v1/keys: 201', () => {
  it('makes a key that works at once, and stores no more than its hash', async () => {
    const { create, use, clock, tenantId } = await setUpKeys();
    const { key, ...created } = await create({ name: 'search backend', scopes: ['rerank'] });
    expect(isWellFormedApiKey(key)).toBe(true);
    expect(created).toEqual({
      object: 'api_key',
      id: expect.stringMatching(/^key_[0-9a-z]{16}$/),
      name: 'search backend',
      tenant: tenantId,
      scopes: ['rerank'],
      status: 'active',
      created_at: new Date(clock.nowMs).toISOString(),
      expires_at: null,
      revoked_at: null,
      requests_per_minute: null,
      tokens_per_day: null,
      replaces: null,
    });
    expect(await use(key)).toBe(200);
    const { results } = await env.DB.prepare('SELECT * FROM api_keys WHERE tenant_id = ?').bind(tenantId).all();
    expect(JSON.stringify(results)).not.toContain(key.slice(3, 30));
  });

  it('grants the scopes that were named, each once, and no other', async () => {
    const { create, use, call } = await setUpKeys();
    const { key, scopes } = await create({ name: 'trainer', scopes: ['train', 'adapters:read', 'train'] });
    expect(scopes).toEqual(['adapters:read', 'train']);
    expect(await use(key)).toBe(403);
    expect((await call('GET', '/v1/keys', undefined, key)).status).toBe(403);
  });

  it('takes an expiry and limits', async () => {
    const { create, use, clock } = await setUpKeys();
    const expires_at = new Date(clock.nowMs + 90_000).toISOString();
    const terms = { expires_at, requests_per_minute: 3, tokens_per_day: 5 };
    const created = await create({ name: 'short', scopes: ['rerank'], ...terms });
    expect(created).toMatchObject({ ...terms, status: 'active' });
    expect(await use(created.key)).toBe(200);
    clock.advance(90_000);
    expect(await use(created.key)).toBe(401);
  });
});

describe('POST /v1/keys: 400', () => {
  const good = { name: 'k', scopes: ['rerank'] };
  it.each<[object, string, string | null]>([
    [{ scopes: ['rerank'] }, 'name is missing; it must be a string', 'name'],
    [{ ...good, name: '' }, 'name is empty, at least 1 is needed', 'name'],
    [{ ...good, name: 'x'.repeat(101) }, 'name has 101 characters, the limit is 100', 'name'],
    [{ ...good, name: 'a\u0000b' }, 'name holds a control character or half a surrogate pair', 'name'],
    [{ ...good, name: 'a\ud800' }, 'name holds a control character or half a surrogate pair', 'name'],
    [{ ...good, name: 7 }, 'name is 7; it must be a string', 'name'],
    [{ name: 'k' }, 'scopes is missing; it must be an array', 'scopes'],
    [{ ...good, scopes: [] }, 'scopes is empty, at least 1 is needed', 'scopes'],
    [
      { ...good, scopes: ['root'] },
      'scopes[0] is "root"; it must be one of "rerank", "adapters:read", "adapters:write", "train", "admin"',
      'scopes[0]',
    ],
    [
      { ...good, expires_at: 'tomorrow' },
      'expires_at is "tomorrow"; it must be a time such as 2027-01-01T00:00:00Z',
      'expires_at',
    ],
    [
      { ...good, expires_at: '2020-01-01T00:00:00Z' },
      'expires_at is 2020-01-01T00:00:00Z; it must be after now, which is 2026-11-23T00:00:00.000Z',
      'expires_at',
    ],
    [
      { ...good, requests_per_minute: 4 },
      'requests_per_minute is 4; it must be one of 3, 60, 600, 6,000',
      'requests_per_minute',
    ],
    [{ ...good, tokens_per_day: 0 }, 'tokens_per_day is 0, the least is 1', 'tokens_per_day'],
    [
      { ...good, tokens_per_day: 2e12 },
      'tokens_per_day is 2,000,000,000,000, the limit is 1,000,000,000,000',
      'tokens_per_day',
    ],
    [{ ...good, expire_at: 'x' }, 'expire_at is not known here; leave it out', null],
  ])('names field, value and limit (%#)', async (body, message, param) => {
    const { call } = await setUpKeys();
    expect(await errorOf(await call('POST', '/v1/keys', body))).toEqual({
      status: 400,
      code: 'invalid_request',
      message,
      param,
    });
  });
});

describe('POST /v1/keys: 409', () => {
  it('at the tenant’s limit of live keys; a revoked one makes room', async () => {
    const { call, tenantId, create } = await setUpKeys();
    const first = await create({ name: 'first', scopes: ['rerank'] });
    const insert = env.DB.prepare(
      'INSERT INTO api_keys (id, tenant_id, name, hash, scopes, created_at) VALUES (?, ?, ?, ?, ?, 0)',
    );
    const rows = Array.from({ length: 998 }, (_, index) => {
      const id = `key_${tenantId}_${index}`;
      return insert.bind(id, tenantId, 'filler', id, 'rerank');
    });
    await env.DB.batch(rows);
    const body = { name: 'one more', scopes: ['rerank'] };
    expect(await errorOf(await call('POST', '/v1/keys', body))).toMatchObject({
      status: 409,
      code: 'too_many_keys',
      message: 'The tenant has 1,000 live API keys, the limit; revoke one first.',
    });
    await call('DELETE', `/v1/keys/${first.id}`);
    await create(body);
  });
});

describe('GET /v1/keys', () => {
  it('lists the tenant’s keys without the keys, newest first, page by page', async () => {
    const { create, call, clock } = await setUpKeys();
    const made: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      clock.advance(1000);
      made.unshift((await create({ name, scopes: ['rerank'] })).id);
    }
    const pages: string[][] = [];
    let after = '';
    for (let more = true; more; ) {
      const list = keyListResponseSchema.parse(await (await call('GET', `/v1/keys?limit=2${after}`)).json());
      pages.push(list.data.map(({ id }) => id));
      after = `&after=${list.data.at(-1)?.id}`;
      more = list.has_more;
      expect(JSON.stringify(list)).not.toMatch(/hr_|hash/);
    }
    // The fourth is the admin's own, from before the clock began.
    expect(pages.map((page) => page.length)).toEqual([2, 2]);
    expect(pages.flat().slice(0, 3)).toEqual(made);
  });

  it('describes one key', async () => {
    const { create, call } = await setUpKeys();
    const { key: _, ...created } = await create({ name: 'a', scopes: ['rerank'] });
    expect(keyResponseSchema.parse(await (await call('GET', `/v1/keys/${created.id}`)).json())).toEqual(created);
  });

  it.each([
    ['limit=0', 'limit is 0, the least is 1', 'limit'],
    ['limit=101', 'limit is 101, the limit is 100', 'limit'],
    ['limit=many', 'limit is "many"; it must be a number', 'limit'],
    ['limit=1.5', 'limit is 1.5; it must be a whole number', 'limit'],
    ['limit=1&limit=2', 'limit is given twice; give it once', 'limit'],
    ['limitt=1', 'limitt is not known here; leave it out', null],
  ])('400 for ?%s', async (query, message, param) => {
    const { call } = await setUpKeys();
    expect(await errorOf(await call('GET', `/v1/keys?${query}`))).toEqual({
      status: 400,
      code: 'invalid_request',
      message,
      param,
    });
  });
});

describe('DELETE /v1/keys/{id}', () => {
  it('ends the key at once in this isolate, and says again what it said first', async () => {
    const { create, call, use, clock } = await setUpKeys();
    const { id, key } = await create({ name: 'leaked', scopes: ['rerank'] });
    expect(await use(key)).toBe(200);
    const first: KeyResponse = await (await call('DELETE', `/v1/keys/${id}`)).json();
    expect(first).toMatchObject({ status: 'revoked', revoked_at: new Date(clock.nowMs).toISOString() });
    expect(await use(key)).toBe(401);
    clock.advance(5_000);
    expect(await (await call('DELETE', `/v1/keys/${id}`)).json()).toEqual(first);
  });

  it('ends the key within 60 seconds in an isolate that has just seen it', async () => {
    const { create, call } = await setUpKeys();
    const { id, key } = await create({ name: 'leaked', scopes: ['rerank'] });
    const elsewhere = createTestApp();
    const use = async () =>
      (await elsewhere.app.request('/v1/models', { headers: { authorization: key } }, { DB: env.DB })).status;
    expect(await use()).toBe(200);
    await call('DELETE', `/v1/keys/${id}`);
    elsewhere.clock.advance(60_000);
    expect(await use()).toBe(401);
  });
});

describe('another tenant’s keys', () => {
  it('are nowhere: 404 where they are named, absent from the list, and untouched', async () => {
    const mine = await setUpKeys();
    const theirs = await setUpKeys();
    const { id, key } = await theirs.create({ name: 'secret name', scopes: ['rerank'] });
    for (const [method, path] of [
      ['GET', `/v1/keys/${id}`],
      ['DELETE', `/v1/keys/${id}`],
      ['POST', `/v1/keys/${id}/rotate`],
      ['GET', `/v1/keys?after=${id}`],
    ] as const) {
      expect(await errorOf(await mine.call(method, path, method === 'POST' ? {} : undefined))).toMatchObject({
        status: 404,
        code: 'key_not_found',
        message: `There is no API key "${id}"; GET /v1/keys lists yours.`,
      });
    }
    expect(await (await mine.call('GET', '/v1/keys')).text()).not.toContain('secret name');
    expect(await theirs.use(key)).toBe(200);
  });
});

describe('while D1 is down', () => {
  it('503 for every call about keys, by an admin whose key is cached', async () => {
    const { database, state } = createSwitchableDatabase();
    const { call, create } = await setUpKeys({ database });
    const { id } = await create({ name: 'k', scopes: ['rerank'] });
    state.down = true;
    for (const [method, path, body] of [
      ['GET', '/v1/keys', undefined],
      ['GET', `/v1/keys/${id}`, undefined],
      ['POST', '/v1/keys', { name: 'k', scopes: ['rerank'] }],
      ['POST', `/v1/keys/${id}/rotate`, {}],
      ['DELETE', `/v1/keys/${id}`, undefined],
    ] as const) {
      const response = await call(method, path, body);
      expect(await errorOf(response)).toMatchObject({ status: 503, code: 'key_store_unavailable' });
      expect(response.headers.get('retry-after')).toBe('5');
    }
  });
});
