import { describe, expect, it } from 'vitest';
import { errorOf, setUpKeys } from '#edge/testing/key-calls.ts';
import { createdKeyResponseSchema, keyListResponseSchema } from '#shared/protocol/key-response.ts';

describe('POST /v1/keys/{id}/rotate', () => {
  it('makes a successor with the same terms, and lets the old key go on for the overlap', async () => {
    const { create, call, use, clock } = await setUpKeys();
    const old = await create({ name: 'backend', scopes: ['rerank'], tokens_per_day: 70, requests_per_minute: 60 });
    expect(await use(old.key)).toBe(200);
    const response = await call('POST', `/v1/keys/${old.id}/rotate`, { overlap_seconds: 3600 });
    expect(response.status).toBe(201);
    const successor = createdKeyResponseSchema.parse(await response.json());
    const { name, scopes, tokens_per_day, requests_per_minute } = old;
    expect(successor).toMatchObject({ name, scopes, tokens_per_day, requests_per_minute, replaces: old.id });
    expect([await use(old.key), await use(successor.key)]).toEqual([200, 200]);
    clock.advance(3_600_000);
    expect([await use(old.key), await use(successor.key)]).toEqual([401, 200]);
  });

  it('takes no body for a day’s overlap, and never lengthens the old key’s life', async () => {
    const { create, call, clock } = await setUpKeys();
    const inAnHour = new Date(clock.nowMs + 3_600_000).toISOString();
    for (const [expires_at, oldEnds] of [
      [null, new Date(clock.nowMs + 86_400_000).toISOString()],
      [inAnHour, inAnHour],
    ]) {
      const old = await create({ name: 'k', scopes: ['rerank'], expires_at });
      expect((await call('POST', `/v1/keys/${old.id}/rotate`)).status).toBe(201);
      expect(await (await call('GET', `/v1/keys/${old.id}`)).json()).toMatchObject({ expires_at: oldEnds });
    }
  });

  it('gives the successor the life that the old key was made for, or what is asked for', async () => {
    const { create, call, clock } = await setUpKeys();
    const expires_at = new Date(clock.nowMs + 3_600_000).toISOString();
    for (const [body, expected] of [
      [{}, clock.nowMs + 600_000 + 3_600_000],
      [{ expires_at: null }, undefined],
      [{ expires_at: '2030-01-01T00:00:00+01:00' }, Date.UTC(2029, 11, 31, 23)],
    ] as const) {
      const old = await create({ name: 'k', scopes: ['rerank'], expires_at });
      clock.advance(600_000);
      const successor = createdKeyResponseSchema.parse(
        await (await call('POST', `/v1/keys/${old.id}/rotate`, body)).json(),
      );
      expect(successor.expires_at).toBe(expected === undefined ? null : new Date(expected).toISOString());
      clock.advance(-600_000);
    }
  });

  it('409 for a key that has a successor, also when two rotate at once', async () => {
    const { create, call } = await setUpKeys();
    const { id } = await create({ name: 'k', scopes: ['rerank'] });
    const both = await Promise.all([0, 1].map(() => call('POST', `/v1/keys/${id}/rotate`, {})));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await errorOf(await call('POST', `/v1/keys/${id}/rotate`, {}))).toMatchObject({
      code: 'key_not_rotatable',
      message: `The API key ${id} has been replaced already; rotate the key that "replaces" it.`,
    });
    const list = keyListResponseSchema.parse(await (await call('GET', '/v1/keys')).json());
    expect(list.data.filter(({ replaces }) => replaces === id)).toHaveLength(1);
  });

  it('409 for a key that is revoked or expired', async () => {
    const { create, call, clock } = await setUpKeys();
    const revoked = await create({ name: 'k', scopes: ['rerank'] });
    await call('DELETE', `/v1/keys/${revoked.id}`);
    const expires_at = new Date(clock.nowMs + 1000).toISOString();
    const expired = await create({ name: 'k', scopes: ['rerank'], expires_at });
    clock.advance(1000);
    for (const [{ id }, status] of [
      [revoked, 'revoked'],
      [expired, 'expired'],
    ] as const) {
      expect(await errorOf(await call('POST', `/v1/keys/${id}/rotate`, {}))).toMatchObject({
        status: 409,
        message: `The API key ${id} is ${status}; create a new one.`,
      });
    }
  });

  it('400 for an overlap over the limit', async () => {
    const { create, call } = await setUpKeys();
    const { id } = await create({ name: 'k', scopes: ['rerank'] });
    const response = await call('POST', `/v1/keys/${id}/rotate`, { overlap_seconds: 2_592_001 });
    expect((await errorOf(response)).message).toBe('overlap_seconds is 2,592,001, the limit is 2,592,000');
  });
});
