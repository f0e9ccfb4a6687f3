import { describe, expect, it } from 'vitest';
import { buildOpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';

const { app } = createTestApp();

async function readPage() {
  const response = await app.request('https://rerank.example.com/docs', {}, {});
  expect(response.status).toBe(200);
  return { headers: response.headers, page: await response.text() };
}

describe('GET /docs', () => {
  it('shows every route of the document with a curl example of it', async () => {
    const { page, headers } = await readPage();
    expect(headers.get('content-type')).toBe('text/html; charset=UTF-8');
    const { paths, components } = await buildOpenApiDocument(app);
    for (const [path, methods] of Object.entries(paths)) {
      expect(page).toContain(`<code>${path}</code>`);
      const begin = path.split('{')[0];
      for (const method of Object.keys(methods)) {
        const flag = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
        expect(page).toContain(`<code>curl${flag} &#39;https://rerank.example.com${begin}`);
      }
    }
    for (const name of Object.keys(components.schemas ?? {})) expect(page).toContain(`id="${name.toLowerCase()}"`);
  });

  it('has no link to a place that is not on the page, and no place twice', async () => {
    const { page } = await readPage();
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = new Set([...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]));
    expect(targets.size).toBeGreaterThan(20);
    expect([...targets].filter((target) => !ids.includes(target))).toEqual([]);
  });

  it('may run nothing and load nothing but its own style', async () => {
    const { page, headers } = await readPage();
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(page).not.toMatch(/<script|<img|<link|<iframe|style="|src=|@import|url\(/);
  });
});
