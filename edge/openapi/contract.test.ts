import { describe, expect, it } from 'vitest';
import { buildOpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { createTestApp } from '#edge/testing/create-test-app.ts';

const { app } = createTestApp();
const routes = app.routes
  .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/internal/'))
  .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);

interface Schema {
  readonly description?: string;
  readonly examples?: unknown[];
  readonly const?: unknown;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
}

/** Names of the leaf fields that lack a description or an example. A constant is its own example. */
function undocumented(name: string, schema: Schema): string[] {
  const inner = schema.properties ?? schema.items?.properties;
  if (inner !== undefined)
    return Object.entries(inner).flatMap(([key, field]) => undocumented(`${name}.${key}`, field));
  const isList = schema.items !== undefined && '$ref' in schema.items;
  const isDocumented = schema.description !== undefined && (schema.examples !== undefined || isList);
  return schema.const !== undefined || isDocumented ? [] : [name];
}

describe('the OpenAPI document', () => {
  it('has every public route of the app, and none that the app does not have', async () => {
    const { paths } = await buildOpenApiDocument(app);
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).toEqual([...new Set(routes)].sort());
  });

  it('describes every field and gives it an example', async () => {
    const { components } = await buildOpenApiDocument(app);
    const schemas = Object.entries(components.schemas ?? {});
    expect(schemas.map(([name]) => name)).toEqual(
      expect.arrayContaining(['RerankRequest', 'RerankResponse', 'TeiRerankRequest', 'Error']),
    );
    expect(schemas.flatMap(([name, schema]) => undocumented(name, schema as Schema))).toEqual([]);
  });

  it('says for each route with a key that it can answer 401 and 503', async () => {
    const { paths } = await buildOpenApiDocument(app);
    const operations = Object.values(paths).flatMap((path) =>
      [path.get, path.post, path.put, path.patch, path.delete].filter((one) => one !== undefined),
    );
    const secured = operations.filter((operation) => operation.security !== undefined);
    expect(secured.length).toBeGreaterThan(0);
    for (const operation of secured) {
      const statuses = Object.keys(operation.responses ?? {});
      expect(statuses).toEqual(expect.arrayContaining(['401', '403', '503']));
      expect(statuses.filter((status) => status.startsWith('2'))).not.toEqual([]);
    }
  });
});
