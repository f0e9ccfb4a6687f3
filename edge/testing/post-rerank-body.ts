import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { RequestPlace } from '#edge/gpu-workers/order-regions.ts';
import { createTestApp, type TestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';

export interface RerankCallOptions extends TestAppOptions {
  /** An app that had requests before; default: a new one of the other options. */
  readonly test?: TestApp;
  readonly tenantId?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts when the caller goes. */
  readonly signal?: AbortSignal;
  /** What the platform says of where it comes in. */
  readonly place?: RequestPlace;
}

/** A rerank by a new key of the tenant, over a fake worker. */
export async function postRerank(body: unknown, options: RerankCallOptions = {}) {
  const test = options.test ?? createTestApp(options);
  const key = await seedKey({ tenantId: options.tenantId ?? 'acme' });
  const request = new Request(`http://edge${options.path ?? '/v2/rerank'}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...options.headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.place === undefined ? {} : { cf: { ...options.place } }),
  });
  const response = await test.app.fetch(request, { DB: env.DB });
  return { ...test, response, json: await response.json<Record<string, unknown>>() };
}

/** The same where it must succeed, with its answer parsed. */
export async function rerank(body: object, options: RerankCallOptions = {}) {
  const { response, json, ...test } = await postRerank(body, options);
  expect({ status: response.status, json }).toMatchObject({ status: 200 });
  return { ...test, response, body: rerankResponseSchema.parse(json) };
}
