import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { formatCount } from '#edge/format-count.ts';
import { createTestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { downDatabase } from '#edge/testing/down-database.ts';
import { internalRoutes, protectedRoutes, publicRoutes } from '#edge/testing/route-table.ts';
import { inventKey, type KeyToSeed, seedKey } from '#edge/testing/seed-database.ts';
import { testSigningKey } from '#edge/testing/test-secrets.ts';
import { apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';
import { limits } from '#shared/limits.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';
import { type CallToSign, signCall } from '#shared/signed-calls/sign-call.ts';

interface Sent {
  readonly headers?: Record<string, string>;
  /** Instead of the route's own body. */
  readonly body?: BodyInit;
  readonly app?: TestAppOptions;
}

const { app, clock } = createTestApp();
const appRoutes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);

const bearer = async (key: KeyToSeed) => ({ authorization: `Bearer ${await seedKey(key)}` });

/** 401, 403, 413, 415, 429, 503: what protections answer; anything else has come past them. */
const refusals = [401, 403, 413, 415, 429, 503];

it('every route of the app is in the table, as public, internal or with its scope, and none that there is not', () => {
  const known = [...publicRoutes, ...internalRoutes, ...protectedRoutes.map(({ route }) => route)];
  expect(known.toSorted()).toEqual([...new Set(appRoutes)].toSorted());
});

describe.each(publicRoutes)('%s', (route) => {
  it('answers without a key, and while the database is down', async () => {
    const [method, path = ''] = route.split(' ');
    const { app } = createTestApp({ database: downDatabase });
    const response = await app.request(path, { method: method ?? '' }, {});
    expect(response.status).toBe(200);
  });
});

describe.each(internalRoutes)('%s', (route) => {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll(/:\w+/g, 'nothing-of-this-name');
  const send = (headers: Record<string, string>, body = '{}') =>
    app.request(path, { method, headers, body }, { DB: env.DB });
  const signed = (changes: Partial<CallToSign>) =>
    signCall({
      key: testSigningKey,
      method,
      path,
      body: new TextEncoder().encode('{}'),
      nowMs: clock.nowMs,
      ...changes,
    });

  it('401 without a signature of the edge’s own workers', async () => {
    const calls: [string, string | undefined][] = [
      ['missing', undefined],
      ['malformed', await seedKey({ scopes: [...apiKeyScopes] })],
      ['other audience', await signed({})],
      ['wrong key', await signed({ audience: 'edge', key: new Uint8Array(32) })],
      ['other path', await signed({ audience: 'edge', path: `${path}/other` })],
      ['expired', await signed({ audience: 'edge', nowMs: clock.nowMs - 66_000 })],
    ];
    for (const [reason, token] of calls) {
      const response = await send(token === undefined ? {} : { authorization: `Bearer ${token}` });
      const { error } = errorBodySchema.parse(await response.json());
      expect({ status: response.status, ...error }).toMatchObject({ status: 401, code: 'unsigned_call' });
      expect(error.message).toContain(reason);
    }
    const token = await signed({ audience: 'edge' });
    const other = await send({ authorization: `Bearer ${token}` }, '{ }');
    expect(errorBodySchema.parse(await other.json()).message).toContain('other body');
  });

  it('413 for a body over the limit, and 400 for what is no JSON under a good signature', async () => {
    const length = { 'content-length': String(limits.trainingCallBytesMax + 1) };
    expect((await send(length)).status).toBe(413);
    const token = await signed({ audience: 'edge', body: new TextEncoder().encode('{') });
    expect((await send({ authorization: `Bearer ${token}` }, '{')).status).toBe(400);
  });
});

describe.each(protectedRoutes)('$route', ({ route, scope, json }) => {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll(/:\w+/g, 'nothing-of-this-name');

  async function send({ headers = {}, body, app: options = {} }: Sent) {
    const { app, logs } = createTestApp(options);
    const sent = body ?? (json === undefined ? undefined : JSON.stringify(json.body));
    const contentType = json === undefined ? {} : { 'content-type': 'application/json' };
    const init = { method, headers: { ...contentType, ...headers }, ...(sent === undefined ? {} : { body: sent }) };
    return { response: await app.request(path, init, { DB: env.DB }), logs };
  }

  async function expectRefusal(sent: Sent, status: number, code: string, message: string): Promise<Response> {
    const { response, logs } = await send(sent);
    const text = await response.text();
    expect({ status: response.status, text }).toMatchObject({ status });
    const body = errorBodySchema.parse(JSON.parse(text));
    expect(body.error.code).toBe(code);
    expect(body.message).toContain(message);
    expect(body).toMatchObject({ detail: body.message, id: response.headers.get('x-request-id') });
    expect(JSON.stringify(logs)).not.toMatch(/hr_/);
    return response;
  }

  it('lets a good key through in each of the three ways that clients send it', async () => {
    const key = await seedKey({ scopes: [scope] });
    for (const headers of [{ authorization: `Bearer ${key}` }, { authorization: key }, { 'x-api-key': key }]) {
      const { response } = await send({ headers });
      expect(refusals).not.toContain(response.status);
      expect(response.status).toBeLessThan(500);
    }
  });

  it.each<Record<string, string>>([
    {},
    { authorization: 'Bearer None' },
    { authorization: 'Bearer' },
    { authorization: 'null' },
    { 'x-api-key': '' },
  ])('401 without a key: %j', async (headers) => {
    const response = await expectRefusal({ headers }, 401, 'unauthenticated', 'Send it as "Authorization: Bearer');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('401 with a malformed key, which it does not show', async () => {
    const headers = { authorization: 'Bearer sk-not-one-of-ours' };
    const response = await expectRefusal({ headers }, 401, 'unauthenticated', 'malformed');
    expect(JSON.stringify([...response.headers])).not.toContain('sk-not');
  });

  it('401 with a key that nobody was given', async () => {
    const headers = { authorization: `Bearer ${inventKey()}` };
    await expectRefusal({ headers }, 401, 'unauthenticated', 'not known');
  });

  it('401 with an expired key', async () => {
    const headers = await bearer({ scopes: [scope], expiresAtMs: Date.UTC(2026, 0, 1) });
    await expectRefusal({ headers }, 401, 'unauthenticated', 'expired at 2026-01-01T00:00:00.000Z');
  });

  it('401 with a revoked key', async () => {
    const headers = await bearer({ scopes: [scope], revokedAtMs: 5 });
    await expectRefusal({ headers }, 401, 'unauthenticated', 'revoked');
  });

  it('403 with a key of every scope but its own', async () => {
    const headers = await bearer({ scopes: apiKeyScopes.filter((other) => other !== scope) });
    await expectRefusal({ headers }, 403, 'missing_scope', `"${scope}"`);
  });

  it('429 with a key that has sent its requests of the minute', async () => {
    const headers = await bearer({ scopes: [scope], requestsPerMinute: 3 });
    // Seven requests lie in two windows at most, so one window has four.
    const responses: Response[] = [];
    for (let sent = 0; sent < 7; sent += 1) responses.push((await send({ headers })).response);
    expect(responses[0]?.status).not.toBe(429);
    expect(responses[0]?.headers.get('x-ratelimit-limit')).toBe('3');
    const refused = responses.find(({ status }) => status === 429);
    expect(errorBodySchema.parse(await refused?.json()).message).toMatch(/its limit, which is 3; retry in \d+ s/);
    // The app's clock stands at the beginning of a minute.
    const [limit, remaining, reset, retry] = [
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'retry-after',
    ].map((name) => refused?.headers.get(name));
    expect({ limit, remaining, reset, retry }).toEqual({
      limit: '3',
      remaining: '0',
      reset: String(Date.UTC(2026, 10, 23, 0, 1) / 1000),
      retry: '60',
    });
  });

  it('503 while keys cannot be checked', async () => {
    const sent = { headers: { authorization: `Bearer ${inventKey()}` }, app: { database: downDatabase } };
    const response = await expectRefusal(sent, 503, 'key_store_unavailable', 'API keys cannot be checked');
    expect(response.headers.get('retry-after')).toBe('5');
  });

  if (json === undefined) return;

  it('413 for a body over the limit, by its declared length', async () => {
    const headers = { ...(await bearer({ scopes: [scope] })), 'content-length': String(json.bytesMax + 1) };
    const sizes = `has ${formatCount(json.bytesMax + 1)} bytes, the limit is ${formatCount(json.bytesMax)}`;
    await expectRefusal({ headers }, 413, 'payload_too_large', `The request body ${sizes}`);
  });

  it('413 for a body over the limit that does not say its length', async () => {
    const sent = { headers: await bearer({ scopes: [scope] }), body: ' '.repeat(json.bytesMax + 1) };
    await expectRefusal(sent, 413, 'payload_too_large', `the limit is ${formatCount(json.bytesMax)}`);
  });

  it('415 for a body of another content type', async () => {
    const headers = { ...(await bearer({ scopes: [scope] })), 'content-type': 'application/xml' };
    await expectRefusal({ headers }, 415, 'unsupported_media_type', 'The content type is "application/xml"');
  });

  it.each<[string, BodyInit, string, string]>([
    ['broken JSON', '{"name": "a secret', 'invalid_json', 'not valid JSON'],
    ['a list', '[]', 'invalid_request', 'The request body is an array; it must be a JSON object'],
    ['null', 'null', 'invalid_request', 'The request body is null'],
    ['a byte that is not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid_json', 'not valid UTF-8'],
    ['deep nesting', '['.repeat(500), 'invalid_request', 'nested 500 levels deep, the limit is 64'],
    ['deep objects', `{"name":${'{"a":'.repeat(99)}`, 'invalid_request', 'nested 100 levels deep, the limit is 64'],
    ...(json.optional === true
      ? []
      : [['nothing', '', 'invalid_json', 'is empty'] as [string, BodyInit, string, string]]),
  ])('400 for %s', async (_, body, code, message) => {
    const headers = await bearer({ scopes: [scope] });
    await expectRefusal({ headers, body }, 400, code, message);
  });
});
