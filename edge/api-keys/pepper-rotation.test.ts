import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyRowMover } from '#edge/api-keys/move-key-row.ts';
import { createTestApp, type TestApp } from '#edge/testing/create-test-app.ts';
import { pepperRotationSteps } from '#edge/testing/pepper-rotation-steps.ts';
import { inventKey, seedKey } from '#edge/testing/seed-database.ts';
import { testPepper } from '#edge/testing/test-secrets.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import { parsePeppers } from '#shared/api-keys/parse-peppers.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

const newPepper = 'the pepper that comes after the old one';

/** An isolate of the edge that has seen no key, with the peppers of a step. */
function isolate(step: string): TestApp {
  const peppers = step.replace('$OLD', testPepper).replace('$NEW', newPepper);
  return createTestApp({ environment: { apiKeyPeppers: parsePeppers(peppers) } });
}

/** The status of a call with the key, after all that it left to do. */
async function call({ app }: TestApp, key: string, path = '/v1/models', method = 'GET'): Promise<number> {
  const context = createExecutionContext();
  const request = new Request(`http://edge${path}`, { method, headers: { authorization: `Bearer ${key}` } });
  const { status } = await app.fetch(request, { DB: env.DB }, context);
  await waitOnExecutionContext(context);
  return status;
}

async function rowOf(key: string) {
  const hashes = [await hashApiKey(testPepper, key), await hashApiKey(newPepper, key)];
  const statement = env.DB.prepare('SELECT * FROM api_keys WHERE hash IN (?, ?)').bind(...hashes);
  const { results } = await statement.all<{ id: string; hash: string; pepper_id: string; revoked_at: number | null }>();
  const [row, ...more] = results;
  if (row === undefined || more.length > 0) throw new Error(`the key has ${results.length} rows`);
  return row;
}

/** Live keys that are not under the new pepper. */
async function keysWaiting(): Promise<number> {
  const statement = env.DB.prepare('SELECT count(*) AS keys FROM api_keys WHERE pepper_id IS NOT ?');
  return (await statement.bind(await pepperId(newPepper)).first<number>('keys')) ?? 0;
}

beforeEach(async () => void (await env.DB.exec('DELETE FROM api_keys')));

describe('a rotation of the pepper, by the steps of the runbook', () => {
  it('makes no key unknown, in isolates of a step and of the one before', async () => {
    const keys = [await seedKey({ scopes: ['rerank', 'admin'] }), await seedKey()];
    let before: string = '$OLD';
    for (const step of pepperRotationSteps) {
      for (const version of [isolate(step), isolate(before), isolate(step)]) {
        for (const key of keys) expect([step, await call(version, key)]).toEqual([step, 200]);
        expect([step, await call(version, inventKey())]).toEqual([step, 401]);
      }
      expect(await keysWaiting()).toBe(step === '$OLD,$NEW' ? keys.length : 0);
      before = step;
    }
    for (const key of keys) expect((await rowOf(key)).hash).toBe(await hashApiKey(newPepper, key));
  });

  it('moves nothing before every isolate knows the new pepper', async () => {
    const key = await seedKey();
    const row = await rowOf(key);
    await call(isolate(pepperRotationSteps[0]), key);
    expect(await rowOf(key)).toEqual(row);
  });

  it('leaves a key that nobody uses under the old pepper: unknown without it, and known again with it', async () => {
    const key = await seedKey();
    expect(await keysWaiting()).toBe(1);
    expect(await call(isolate('$NEW'), key)).toBe(401);
    expect(await call(isolate('$NEW,$OLD'), key)).toBe(200);
    expect(await keysWaiting()).toBe(0);
    expect(await call(isolate('$NEW'), key)).toBe(200);
  });

  it('names the pepper of a key that older code wrote once it is used, without a rotation too', async () => {
    const key = await seedKey();
    const { hash, id } = await rowOf(key);
    await env.DB.prepare('UPDATE api_keys SET pepper_id = NULL WHERE id = ?').bind(id).run();
    expect(await call(isolate('$OLD'), key)).toBe(200);
    expect(await rowOf(key)).toMatchObject({ id, hash, pepper_id: await pepperId(testPepper) });
  });

  it('gives new keys and successors the first pepper', async () => {
    const admin = await seedKey({ scopes: ['admin'] });
    const { id } = await rowOf(admin);
    expect(await call(isolate('$OLD,$NEW'), admin, `/v1/keys/${id}/rotate`, 'POST')).toBe(201);
    const statement = env.DB.prepare('SELECT pepper_id FROM api_keys WHERE replaces = ?').bind(id);
    expect(await statement.first('pepper_id')).toBe(await pepperId(testPepper));
  });

  it('ends a key at once in the isolate that revokes it, though it has just been moved', async () => {
    const key = await seedKey({ scopes: ['rerank', 'admin'] });
    const rotating = isolate('$NEW,$OLD');
    expect(await call(rotating, key)).toBe(200);
    expect(await call(rotating, key, `/v1/keys/${(await rowOf(key)).id}`, 'DELETE')).toBe(200);
    expect(await call(rotating, key)).toBe(401);
  });
});

describe('createKeyRowMover', () => {
  const moved = async (key: string) => ({
    hash: await hashApiKey(newPepper, key),
    pepperId: await pepperId(newPepper),
  });

  it('moves a row once, whoever comes second, and loses no other change of it', async () => {
    const key = await seedKey();
    const read = await rowOf(key);
    await env.DB.prepare('UPDATE api_keys SET revoked_at = 7 WHERE id = ?').bind(read.id).run();
    const move = createKeyRowMover(env.DB);
    await Promise.all([move(read, await moved(key)), move(read, await moved(key))]);
    const { hash, pepperId: id } = await moved(key);
    expect(await rowOf(key)).toEqual({ ...read, hash, pepper_id: id, revoked_at: 7 });
  });

  it('does not bring back a hash that the row no longer has', async () => {
    const key = await seedKey();
    const read = await rowOf(key);
    const move = createKeyRowMover(env.DB);
    await move(read, await moved(key));
    await move(read, { hash: 'another', pepperId: 'another' });
    expect((await rowOf(key)).hash).toBe(await hashApiKey(newPepper, key));
  });
});

describe('the query for a key', () => {
  it('goes by the index, and reads no row of other keys, under one pepper and under two', async () => {
    const [known = ''] = await Promise.all(Array.from({ length: 20 }, () => seedKey()));
    const look = async (hashes: readonly string[]) => {
      const where = `hash IN (${hashes.map(() => '?').join(', ')})`;
      const { meta } = await env.DB.prepare(`SELECT * FROM api_keys WHERE ${where}`)
        .bind(...hashes)
        .all();
      return meta.rows_read;
    };
    const hashesOf = async (key: string) => [await hashApiKey(testPepper, key), await hashApiKey(newPepper, key)];
    const unknown = await hashesOf(inventKey());
    // The database counts the list of two itself.
    expect([await look(unknown.slice(0, 1)), await look(unknown)]).toEqual([0, 2]);
    const both = await hashesOf(known);
    expect([await look(both.slice(0, 1)), await look(both)]).toEqual([1, 3]);
  });
});
