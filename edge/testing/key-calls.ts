import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { createTestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import type { ErrorBody } from '#shared/protocol/error-body.ts';
import { type CreatedKeyResponse, createdKeyResponseSchema } from '#shared/protocol/key-response.ts';

/** A tenant that no other test has, its admin key, and calls by it. */
export async function setUpKeys(options: TestAppOptions = {}) {
  const tenantId = `tenant-${crypto.randomUUID()}`;
  const test = createTestApp(options);
  const admin = await seedKey({ tenantId, scopes: ['admin'] });
  const call = async (method: string, path: string, body?: object, key = admin) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return test.app.request(path, init, { DB: env.DB });
  };
  const create = async (body: object): Promise<CreatedKeyResponse> => {
    const response = await call('POST', '/v1/keys', body);
    expect(response.status).toBe(201);
    return createdKeyResponseSchema.parse(await response.json());
  };
  /** Status of a request that needs the scope `rerank`. */
  const use = async (key: string) => (await call('GET', '/v1/models', undefined, key)).status;
  return { ...test, tenantId, call, create, use };
}

export async function errorOf(response: Response) {
  const { message, error } = await response.json<ErrorBody>();
  return { status: response.status, code: error.code, message, param: error.param };
}
