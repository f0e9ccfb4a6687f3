import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { docsPageStyle } from '#edge/docs-page/docs-page-style.ts';
import { renderDocsPage } from '#edge/docs-page/render-docs-page.ts';
import { buildOpenApiDocument, type OpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';

/** `GET /docs`: the OpenAPI document for people. The page has no script and may load nothing. */
export function addDocsRoute(app: Hono<AppEnvironment>): void {
  const success = { description: 'The page.' };
  const description = describeRoute({
    operationId: 'get_docs',
    summary: 'This page',
    description: 'The API for people: every route with an example, and every field. It needs no key.',
    tags: ['service'],
    responses: {
      ...describeResponses({ ...success, schemas: [z.string()] }),
      200: { ...success, content: { 'text/html': { schema: { type: 'string' } } } },
    },
  });
  let known: { readonly document: OpenApiDocument; readonly policy: string } | undefined;
  app.get('/docs', description, async (context) => {
    known ??= { document: await buildOpenApiDocument(app), policy: await contentSecurityPolicy(docsPageStyle) };
    context.header('Content-Security-Policy', known.policy);
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Referrer-Policy', 'no-referrer');
    context.header('Cache-Control', 'public, max-age=300');
    return context.html(renderDocsPage(known.document, new URL(context.req.url).origin));
  });
}

/** Nothing is loaded, framed or sent; of styles only the page's own one. */
async function contentSecurityPolicy(style: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
