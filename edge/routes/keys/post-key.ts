import type { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import { issueKey } from '#edge/api-keys/issue-key.ts';
import { describeKey } from '#edge/api-keys/key-details.ts';
import { readExpiry, readRequestLimit } from '#edge/api-keys/key-terms.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { formatCount } from '#edge/format-count.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import { createKeyRequestSchema } from '#shared/protocol/create-key-request.ts';
import { type CreatedKeyResponse, createdKeyResponseSchema } from '#shared/protocol/key-response.ts';

const describeCreation = () =>
  describeRoute({
    operationId: 'post_v1_keys',
    summary: 'Create an API key',
    description: 'Makes a key for your tenant. The answer is the only place where the key itself is ever shown.',
    tags: ['keys'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: resolver(createKeyRequestSchema) } },
    },
    responses: describeResponses({
      status: 201,
      description: 'The key, which works at once.',
      schemas: [createdKeyResponseSchema],
      errors: [
        'invalid_request',
        'invalid_json',
        'unauthenticated',
        'missing_scope',
        'too_many_keys',
        'payload_too_large',
        'unsupported_media_type',
        'rate_limited',
        'key_store_unavailable',
      ],
    }),
  });

/** `POST /v1/keys`: a new key of the caller's tenant. */
export function addKeyCreationRoute(app: Hono<AppEnvironment>): void {
  const body = limitBodySize(limits.keyBodyBytesMax);
  app.post('/v1/keys', describeCreation(), authenticateApiKey('admin'), body, async (context) => {
    const { keys, keyIssuer, requestLimits, now } = context.var.dependencies;
    const request = parseInput(createKeyRequestSchema, await readJsonObject(context.req.raw));
    const { tenantId } = context.var.apiKey;
    const createdAtMs = now();
    const { key, row } = await issueKey(keyIssuer, {
      tenantId,
      name: request.name,
      scopes: apiKeyScopes.filter((scope) => request.scopes.includes(scope)).join(' '),
      createdAtMs,
      expiresAtMs: readExpiry(request.expires_at, createdAtMs),
      requestsPerMinute: readRequestLimit(request.requests_per_minute, requestLimits.offered),
      tokensPerDay: request.tokens_per_day ?? null,
      replaces: null,
    });
    if ((await keys.add(row, limits.keysPerTenantMax)) === 'too-many') {
      const most = formatCount(limits.keysPerTenantMax);
      throw new ServiceError('too_many_keys', `The tenant has ${most} live API keys, the limit; revoke one first.`);
    }
    const response: CreatedKeyResponse = { ...describeKey(row, createdAtMs), key };
    return context.json(response, 201);
  });
}
