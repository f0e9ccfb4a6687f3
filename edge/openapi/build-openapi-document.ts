import type { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import type { AppEnvironment } from '#edge/app-context.ts';
import { documentTolerance } from '#edge/openapi/document-tolerance.ts';

export type OpenApiDocument = Awaited<ReturnType<typeof buildOpenApiDocument>>;

/** The OpenAPI 3.1 document of every route. Needs no binding, so that the documents in the repository are generated from it too. */
export async function buildOpenApiDocument(app: Hono<AppEnvironment>) {
  const document = await generateSpecs(app, {
    excludeStaticFile: false,
    documentation: {
      info: {
        title: 'Hintrank',
        version: '2',
        description: 'Reranks documents by query likelihood under a frozen language model with small adapters.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'rerank', description: 'Order documents for a query.' },
        { name: 'models', description: 'What a rerank may be scored with.' },
        { name: 'adapters', description: 'Upload adapters, point aliases at their versions, delete them.' },
        { name: 'training', description: 'Upload datasets and train adapters on them; the scope `train` is needed.' },
        { name: 'keys', description: 'API keys of your tenant; the scope `admin` is needed.' },
        { name: 'usage', description: 'What your tenant used.' },
        { name: 'service', description: 'The service itself.' },
      ],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: '`Authorization: Bearer hr_…`; a bare key is taken too.',
          },
          apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: '`X-API-Key: hr_…`' },
        },
      },
    },
  });
  const { components } = document;
  return { ...document, components: { ...components, schemas: documentTolerance(components.schemas ?? {}) } };
}
