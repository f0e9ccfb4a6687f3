import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createApp } from '#edge/app.ts';
import { createDependencies } from '#edge/dependencies.ts';
import type { LogEntry } from '#edge/log.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';

const request = (path: string, init: RequestInit = {}) => createTestApp().app.request(path, init, { DB: env.DB });

describe('routes that need no key', () => {
  it('GET /health answers 200', async () => {
    const response = await request('/health');
    expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('GET / says where to read on', async () => {
    expect(await (await request('/')).json()).toEqual({ service: 'hintrank', openapi: '/openapi.json', docs: '/docs' });
  });
});

describe('requests that no route takes', () => {
  it('404 for an unknown path, and does not print a long one whole', async () => {
    const response = await request(`/v3/${'x'.repeat(500)}`);
    const body = await response.json<{ message: string; error: { code: string } }>();
    expect({ status: response.status, code: body.error.code }).toEqual({ status: 404, code: 'route_not_found' });
    expect(body.message.length).toBeLessThan(200);
  });

  it.each([
    ['GET', '/v2/rerank', 'POST'],
    ['DELETE', '/v1/models', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
  ])('405 for %s %s, with what the path takes', async (method, path, allow) => {
    const response = await request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ message: `${path} does not take ${method}, it takes ${allow}.` });
  });

  it('gives every answer a request id and a Server-Timing', async () => {
    for (const path of ['/health', '/nowhere', '/v1/models']) {
      const { headers } = await request(path, { headers: { 'x-request-id': 'mine' } });
      expect(headers.get('x-request-id')).toBe('mine');
      expect(headers.get('server-timing')).toMatch(/^total;dur=/);
    }
  });
});

describe('the configuration', () => {
  it('a bad one answers 500 without saying it to the caller, and logs every problem', async () => {
    const logs: LogEntry[] = [];
    const app = createApp({ createDependencies, log: (entry) => void logs.push(entry) });
    const response = await app.request('/health', {}, { DB: env.DB });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('GPU_WORKER_URLS');
    expect(logs[0]?.['message']).toMatch(/GPU_WORKER_URLS.*WORKER_SIGNING_KEY.*API_KEY_PEPPER/);
  });
});

describe('the deployed worker', () => {
  it('authenticates against D1, and answers 503 where no GPU worker listens', async () => {
    const response = await exports.default.fetch('http://edge/v2/rerank', {
      method: 'POST',
      headers: { authorization: `Bearer ${await seedKey()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'q', documents: ['d'] }),
    });
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 503,
      body: { error: { code: 'no_worker_available' } },
    });
  });

  it('serves its own description', async () => {
    const response = await exports.default.fetch('http://edge/openapi.json');
    expect(await response.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Hintrank' } });
  });
});
