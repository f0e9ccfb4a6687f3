import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { AdapterVersion } from '#edge/adapters/adapter-version.ts';
import { listMappedNames } from '#edge/adapters/list-mapped-names.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { type Model, type ModelsResponse, modelsResponseSchema } from '#shared/protocol/models-response.ts';

/** `GET /v1/models`: what `model` may be. */
export function addModelsRoute(app: Hono<AppEnvironment>): void {
  const description = describeRoute({
    operationId: 'get_v1_models',
    summary: 'List models',
    description:
      'The base model, the adapters of your tenant, and the names that stand for one of them here, in the form of OpenAI.',
    tags: ['models'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    responses: describeResponses({
      description: 'The models that a rerank may name.',
      schemas: [modelsResponseSchema],
      errors: ['unauthenticated', 'missing_scope', 'rate_limited', 'adapter_unavailable', 'key_store_unavailable'],
    }),
  });
  app.get('/v1/models', description, authenticateApiKey('rerank'), async (context) => {
    const { adapters, environment } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const versions = await adapters.list(tenantId);
    const { baseModel, modelAliases } = environment;
    const base: Model = { id: baseModel, object: 'model', created: 0, owned_by: 'hintrank' };
    // A mapped name goes before a tenant's adapter of the same name, which no request can then reach by it.
    const reachable = versions.filter(({ name }) => !modelAliases.has(name));
    const mapped = await listMappedNames({ tenantId, baseModel, modelAliases, adapters });
    const response: ModelsResponse = { object: 'list', data: [base, ...listAdapters(reachable, tenantId), ...mapped] };
    return context.json(response);
  });
}

/** One entry a name. `versions` are newest first within a name. */
function listAdapters(versions: readonly AdapterVersion[], tenantId: string): Model[] {
  return [...Map.groupBy(versions, (version) => version.name)].flatMap(([name, known]) => {
    const [newest] = known;
    if (newest === undefined) return [];
    return {
      id: name,
      object: 'model',
      created: Math.floor(newest.createdAtMs / 1000),
      owned_by: tenantId,
      base_model: newest.baseModel,
      version: newest.version,
      versions: known.map(({ version }) => version),
      template: newest.template,
    };
  });
}
