import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { describeKey } from '#edge/api-keys/key-details.ts';
import { keyNotFound } from '#edge/api-keys/key-not-found.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describePathId } from '#edge/openapi/describe-parameters.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { keyResponseSchema } from '#shared/protocol/key-response.ts';

/** `DELETE /v1/keys/{id}`: revokes a key of the caller's tenant. */
export function addKeyRevocationRoute(app: Hono<AppEnvironment>): void {
  const description = describeRoute({
    operationId: 'delete_v1_key',
    summary: 'Revoke an API key',
    description:
      'The key is refused everywhere within 60 seconds, and stays in the list as revoked. Revoking it again changes nothing. A key may revoke itself.',
    tags: ['keys'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    parameters: describePathId('id', 'Id of the key.', 'key_4fq9w2m0c7x1t8ka'),
    responses: describeResponses({
      description: 'The key, revoked.',
      schemas: [keyResponseSchema],
      errors: ['unauthenticated', 'missing_scope', 'key_not_found', 'rate_limited', 'key_store_unavailable'],
    }),
  });
  app.delete('/v1/keys/:id', description, authenticateApiKey('admin'), async (context) => {
    const { keys, forgetApiKey, now } = context.var.dependencies;
    const id = context.req.param('id');
    const row = await keys.revoke(context.var.apiKey.tenantId, id, now());
    if (row === undefined) throw keyNotFound(id);
    forgetApiKey(row.id);
    return context.json(describeKey(row, now()));
  });
}
