import { env } from 'cloudflare:workers';
import { createTestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import type { ApiKeyScope } from '#shared/api-keys/api-key-scope.ts';

const scopes: readonly ApiKeyScope[] = ['rerank', 'adapters:read', 'adapters:write'];

/** A tenant's client for adapters over the app with its fakes. */
export async function createAdapterClient(tenantId: string, options: TestAppOptions = {}) {
  const test = createTestApp(options);
  const key = await seedKey({ tenantId, scopes });
  const send = async (method: string, path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers };
    const response = await test.app.request(path, { ...init, method, headers }, { DB: env.DB });
    return { status: response.status, headers: response.headers, body: await response.json<Record<string, unknown>>() };
  };
  const json = (method: string, path: string, body: unknown) =>
    send(method, path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  /** A streamed upload; `app.request` states no length by itself. */
  const put = (name: string, text: string | Uint8Array, headers: Record<string, string> = {}) => {
    const body = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    return send('PUT', `/v1/adapters/${name}`, {
      body,
      headers: { 'content-length': String(body.length), ...headers },
    });
  };
  return { ...test, key, send, json, put };
}
