import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type AllowedOrigins, parseOrigins } from '#edge/http/parse-origins.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';

function send(corsOrigins: AllowedOrigins, init: RequestInit, path = '/v2/rerank') {
  const { app } = createTestApp({ environment: { corsOrigins } });
  return Promise.resolve(app.request(path, init, { DB: env.DB }));
}

const preflight = (origin: string): RequestInit => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
  },
});

describe('without configured origins', () => {
  it('a preflight is refused like any other method, and no answer names an origin', async () => {
    const asked = await send([], preflight('https://app.example'));
    expect(asked.status).toBe(405);
    const called = await send([], { method: 'POST', headers: { origin: 'https://app.example' } });
    for (const { headers } of [asked, called]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('with configured origins', () => {
  const origins = ['https://app.example', 'http://localhost:3000'];

  it('a preflight allows the origin, the methods and whatever headers an SDK sends', async () => {
    const { status, headers } = await send(origins, preflight('http://localhost:3000'));
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-methods': 'GET,POST,PUT,DELETE',
      'access-control-allow-headers': 'authorization,content-type,x-stainless-lang',
      'access-control-max-age': '7200',
      vary: expect.stringContaining('Origin'),
    });
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('an error can be read by the page too, with its headers', async () => {
    const { status, headers } = await send(origins, { method: 'POST', headers: { origin: 'https://app.example' } });
    expect(status).toBe(401);
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id');
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('x-request-id')).not.toBeNull();
  });

  it.each(['https://evil.example', 'https://app.example.evil.example', 'null'])('%s is not named', async (origin) => {
    for (const init of [preflight(origin), { method: 'POST', headers: { origin } }]) {
      expect((await send(origins, init)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('"*" allows every page', async () => {
    const { headers } = await send('*', { headers: { origin: 'https://any.example' } }, '/health');
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('parseOrigins', () => {
  it.each<[string | undefined, AllowedOrigins]>([
    [undefined, []],
    ['', []],
    ['*', '*'],
    ['https://a.example, http://localhost:3000', ['https://a.example', 'http://localhost:3000']],
  ])('reads %j', (text, origins) => {
    const problems: string[] = [];
    expect({ origins: parseOrigins(text, problems), problems }).toEqual({ origins, problems: [] });
  });

  it.each(['https://a.example/', 'https://A.example', 'a.example', '*.example', 'https://a.example,*', 'null'])(
    'names what no browser would send: %j',
    (text) => {
      const problems: string[] = [];
      parseOrigins(text, problems);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain('CORS_ORIGINS: "');
    },
  );
});
