import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createPlaygroundFetch } from '#edge/playground-page/fetch-playground.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';

const chromium =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';
const { app } = createTestApp({ dependencies: { fetchPlayground: createPlaygroundFetch(env.ASSETS) } });

const ask = (accept?: string) => app.request('/', accept === undefined ? {} : { headers: { accept } }, {});

it.each([
  undefined,
  '*/*',
  'application/json',
  'application/json, text/plain, */*',
  'application/json, text/html;q=0.9',
])('answers JSON for Accept: %s', async (accept) => {
  const response = await ask(accept);
  expect(await response.json()).toEqual({ service: 'hintrank', openapi: '/openapi.json', docs: '/docs' });
  expect(response.headers.get('vary')).toContain('Accept');
});

it('answers a browser with the built page, which may load and call its own origin only', async () => {
  const response = await ask(chromium);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/html');
  const page = await response.text();
  expect(page).toContain('<title>Hintrank playground</title>');
  const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? '');
  expect(addresses.filter((address) => !/^(\/|data:,$)/.test(address))).toEqual([]);
  expect(page).not.toMatch(/<style|<script(?![^>]* src=)| on\w+=| style=/);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(response.headers.get('vary')).toContain('Accept');
});

it('answers 304 where the browser has the page', async () => {
  const etag = (await ask(chromium)).headers.get('etag') ?? '';
  const headers = { accept: chromium, 'if-none-match': etag };
  expect((await app.request('/', { headers }, {})).status).toBe(304);
});

it('answers a browser with JSON where the edge runs without assets', async () => {
  const response = await createTestApp().app.request('/', { headers: { accept: chromium } }, {});
  expect(await response.json()).toMatchObject({ service: 'hintrank' });
});
