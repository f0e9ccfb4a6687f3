import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { z } from 'zod';
import type { AppEnvironment } from '#edge/app-context.ts';
import { buildOpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';

const openApiSchema = z.looseObject({ openapi: z.string() }).describe('An OpenAPI 3.1 document.');

/** `GET /openapi.json`: the document, generated from the schemas that requests are parsed with; built once per isolate. */
export function addOpenApiRoute(app: Hono<AppEnvironment>): void {
  const description = describeRoute({
    operationId: 'get_openapi_json',
    summary: 'OpenAPI document',
    description: 'This document. It needs no key.',
    tags: ['service'],
    responses: describeResponses({ description: 'The document.', schemas: [openApiSchema] }),
  });
  let document: Awaited<ReturnType<typeof buildOpenApiDocument>> | undefined;
  app.get('/openapi.json', description, async (context) => {
    document ??= await buildOpenApiDocument(app);
    return context.json(document);
  });
}
