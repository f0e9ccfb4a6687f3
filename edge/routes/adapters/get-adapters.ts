import type { Hono } from 'hono';
import { adapterNotFound } from '#edge/adapters/adapter-not-found.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import {
  nameParameter,
  readAdapterName,
  readVersionNumber,
  versionParameter,
} from '#edge/routes/adapters/adapter-parameters.ts';
import { describeAdapterRoute } from '#edge/routes/adapters/describe-adapter-route.ts';
import { shapeAdapters, shapeVersion } from '#edge/routes/adapters/shape-adapter.ts';
import {
  type AdapterListResponse,
  type AdapterResponse,
  type AdapterVersionListResponse,
  type AdapterVersionResponse,
  adapterListSchema,
  adapterSchema,
  adapterVersionListSchema,
  adapterVersionSchema,
} from '#shared/protocol/adapter-response.ts';

const describeList = () =>
  describeAdapterRoute({
    operationId: 'get_v1_adapters',
    summary: 'List adapters',
    description: 'The adapters of your tenant, with their versions and aliases.',
    answer: 'The adapters.',
    schema: adapterListSchema,
    errors: ['adapter_unavailable'],
  });

const describeOne = () =>
  describeAdapterRoute({
    operationId: 'get_v1_adapters_name',
    summary: 'Describe an adapter',
    description: 'One adapter, with its versions and aliases.',
    parameters: nameParameter,
    answer: 'The adapter.',
    schema: adapterSchema,
    errors: ['adapter_not_found', 'adapter_unavailable'],
  });

const describeVersions = () =>
  describeAdapterRoute({
    operationId: 'get_v1_adapters_name_versions',
    summary: "List an adapter's versions",
    description: 'Every version that is not deleted, newest first.',
    parameters: nameParameter,
    answer: 'The versions.',
    schema: adapterVersionListSchema,
    errors: ['adapter_not_found', 'adapter_unavailable'],
  });

const describeVersion = () =>
  describeAdapterRoute({
    operationId: 'get_v1_adapters_name_versions_version',
    summary: "Describe an adapter's version",
    description: 'One version, with what its file says of itself.',
    parameters: [...nameParameter, ...versionParameter],
    answer: 'The version.',
    schema: adapterVersionSchema,
    errors: ['adapter_not_found', 'adapter_unavailable'],
  });

/** `GET /v1/adapters` and what lies under it. */
export function addAdapterReadingRoutes(app: Hono<AppEnvironment>): void {
  const mayRead = authenticateApiKey('adapters:read');

  app.get('/v1/adapters', describeList(), mayRead, async (context) => {
    const { adapters } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const [versions, aliases] = await Promise.all([adapters.list(tenantId), adapters.listAliases(tenantId)]);
    const response: AdapterListResponse = { object: 'list', data: shapeAdapters(versions, aliases) };
    return context.json(response);
  });

  app.get('/v1/adapters/:name', describeOne(), mayRead, async (context) => {
    const { adapters } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const name = readAdapterName(context.req.param('name'));
    const [versions, aliases] = await Promise.all([
      adapters.list(tenantId, name),
      adapters.listAliases(tenantId, name),
    ]);
    const [response]: AdapterResponse[] = shapeAdapters(versions, aliases);
    if (response === undefined) throw adapterNotFound(name);
    return context.json(response);
  });

  app.get('/v1/adapters/:name/versions', describeVersions(), mayRead, async (context) => {
    const { adapters } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const name = readAdapterName(context.req.param('name'));
    const [versions, aliases] = await Promise.all([
      adapters.list(tenantId, name),
      adapters.listAliases(tenantId, name),
    ]);
    if (versions.length === 0) throw adapterNotFound(name);
    const data = versions.map((version) => shapeVersion(version, aliases));
    const response: AdapterVersionListResponse = { object: 'list', data };
    return context.json(response);
  });

  app.get('/v1/adapters/:name/versions/:version', describeVersion(), mayRead, async (context) => {
    const { adapters } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const name = readAdapterName(context.req.param('name'));
    const version = readVersionNumber(context.req.param('version'));
    const [found, aliases] = await Promise.all([
      adapters.find(tenantId, name, { kind: 'version', version }),
      adapters.listAliases(tenantId, name),
    ]);
    if (found === undefined) throw adapterNotFound(`${name}@${version}`);
    const response: AdapterVersionResponse = shapeVersion(found, aliases);
    return context.json(response);
  });
}
