import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { describeKey } from '#edge/api-keys/key-details.ts';
import { keyNotFound } from '#edge/api-keys/key-not-found.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readQuery } from '#edge/http/read-query.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describePathId, describeQuery } from '#edge/openapi/describe-parameters.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { type KeyListResponse, keyListResponseSchema, keyResponseSchema } from '#shared/protocol/key-response.ts';
import { listKeysQuerySchema } from '#shared/protocol/list-keys-query.ts';

const describeList = () =>
  describeRoute({
    operationId: 'get_v1_keys',
    summary: 'List API keys',
    description: 'The keys of your tenant, revoked and expired ones too; never the keys themselves.',
    tags: ['keys'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    parameters: describeQuery(listKeysQuerySchema),
    responses: describeResponses({
      description: 'The newest first.',
      schemas: [keyListResponseSchema],
      errors: [
        'invalid_request',
        'unauthenticated',
        'missing_scope',
        'key_not_found',
        'rate_limited',
        'key_store_unavailable',
      ],
    }),
  });

const describeOne = () =>
  describeRoute({
    operationId: 'get_v1_key',
    summary: 'Describe an API key',
    description: 'One key of your tenant; never the key itself.',
    tags: ['keys'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    parameters: describePathId('id', 'Id of the key.', 'key_4fq9w2m0c7x1t8ka'),
    responses: describeResponses({
      description: 'The key.',
      schemas: [keyResponseSchema],
      errors: ['unauthenticated', 'missing_scope', 'key_not_found', 'rate_limited', 'key_store_unavailable'],
    }),
  });

/** `GET /v1/keys` and `GET /v1/keys/{id}`: the caller's tenant's keys. */
export function addKeyReadingRoutes(app: Hono<AppEnvironment>): void {
  app.get('/v1/keys', describeList(), authenticateApiKey('admin'), async (context) => {
    const { keys, now } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const { limit, after } = readQuery(listKeysQuerySchema, context.req.url, ['limit']);
    const last = after === undefined ? undefined : await keys.find(tenantId, after);
    if (after !== undefined && last === undefined) throw keyNotFound(after, 'after');
    // One more than asked for tells whether more follow.
    const rows = await keys.list(tenantId, { limit: limit + 1, ...(last === undefined ? {} : { after: last }) });
    const response: KeyListResponse = {
      object: 'list',
      data: rows.slice(0, limit).map((row) => describeKey(row, now())),
      has_more: rows.length > limit,
    };
    return context.json(response);
  });

  app.get('/v1/keys/:id', describeOne(), authenticateApiKey('admin'), async (context) => {
    const { keys, now } = context.var.dependencies;
    const id = context.req.param('id');
    const row = await keys.find(context.var.apiKey.tenantId, id);
    if (row === undefined) throw keyNotFound(id);
    return context.json(describeKey(row, now()));
  });
}
