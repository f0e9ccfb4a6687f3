import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { inventKey, seedKey } from '#edge/testing/seed-database.ts';
import { limits } from '#shared/limits.ts';

export interface RouteUnderTest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A body that the route takes. */
  readonly body?: object;
}

/** What every route that needs a key has to refuse, and the good key that shows that nothing else was refused. */
export function commonRouteTests({ method, path, body }: RouteUnderTest): void {
  const send = async (
    headers: Record<string, string>,
    text = body === undefined ? undefined : JSON.stringify(body),
  ) => {
    const { app, clock } = createTestApp();
    const init = {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(text === undefined ? {} : { body: text }),
    };
    return { response: await app.request(path, init, { DB: env.DB }), clock };
  };
  const expectRefusal = async (response: Response, status: number, message: string) => {
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status,
      body: { message: expect.stringContaining(message) },
    });
  };

  describe(`${method} ${path}: what every route with a key refuses`, () => {
    it('takes a good key in each of the three ways', async () => {
      const key = await seedKey();
      for (const headers of [{ authorization: `Bearer ${key}` }, { authorization: key }, { 'x-api-key': key }]) {
        const { response } = await send(headers);
        expect(response.status).toBe(200);
      }
    });

    it.each<Record<string, string>>([
      {},
      { authorization: 'Bearer None' },
      { authorization: 'Bearer' },
      { authorization: 'null' },
      { 'x-api-key': '' },
    ])('401 without a key: %j', async (headers) => {
      const { response } = await send(headers);
      await expectRefusal(response, 401, 'Send it as "Authorization: Bearer YOUR_KEY"');
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('401 with a malformed key', async () => {
      const { response } = await send({ authorization: 'Bearer sk-not-one-of-ours' });
      await expectRefusal(response, 401, 'malformed');
    });

    it('401 with a key that nobody was given', async () => {
      const { response } = await send({ authorization: `Bearer ${inventKey()}` });
      await expectRefusal(response, 401, 'not known');
    });

    it('401 with an expired key', async () => {
      const key = await seedKey({ expiresAtMs: Date.UTC(2026, 0, 1) });
      const { response } = await send({ authorization: `Bearer ${key}` });
      await expectRefusal(response, 401, 'expired at 2026-01-01T00:00:00.000Z');
    });

    it('401 with a revoked key', async () => {
      const key = await seedKey({ revokedAtMs: 5 });
      const { response } = await send({ authorization: `Bearer ${key}` });
      await expectRefusal(response, 401, 'revoked');
    });

    it('403 with a key of no scope', async () => {
      const key = await seedKey({ scopes: [] });
      const { response } = await send({ authorization: `Bearer ${key}` });
      await expectRefusal(response, 403, '"rerank"');
    });

    it('503 while keys cannot be checked', async () => {
      const { app } = createTestApp({ database: downDatabase });
      const response = await app.request(path, { method, headers: { authorization: `Bearer ${await seedKey()}` } }, {});
      await expectRefusal(response, 503, 'API keys cannot be checked');
      expect(response.headers.get('retry-after')).toBe('5');
    });

    if (method !== 'GET') {
      it('413 for a body over the limit, by its declared length', async () => {
        const key = await seedKey();
        const length = String(limits.requestBodyBytesMax + 1);
        const { response } = await send({ authorization: `Bearer ${key}`, 'content-length': length });
        await expectRefusal(response, 413, 'The request body has 10,000,001 bytes, the limit is 10,000,000');
      });

      it('413 for a body over the limit that does not say its length', async () => {
        const key = await seedKey();
        const { response } = await send({ authorization: `Bearer ${key}` }, ' '.repeat(limits.requestBodyBytesMax + 1));
        await expectRefusal(response, 413, 'the limit is 10,000,000');
      });
    }
  });
}

/** A D1 that fails every statement. */
const downDatabase = {
  prepare: () => {
    throw new Error('D1_ERROR: no answer');
  },
} as unknown as D1Database;
