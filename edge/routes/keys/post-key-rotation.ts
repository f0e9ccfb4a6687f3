import type { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import { issueKey } from '#edge/api-keys/issue-key.ts';
import { describeKey, keyStatus } from '#edge/api-keys/key-details.ts';
import { keyNotFound } from '#edge/api-keys/key-not-found.ts';
import { successorExpiry } from '#edge/api-keys/key-terms.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { describePathId } from '#edge/openapi/describe-parameters.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import { type CreatedKeyResponse, createdKeyResponseSchema } from '#shared/protocol/key-response.ts';
import { rotateKeyRequestSchema } from '#shared/protocol/rotate-key-request.ts';

const describeRotation = () =>
  describeRoute({
    operationId: 'post_v1_key_rotate',
    summary: 'Rotate an API key',
    description:
      'Makes a key with the same name, scopes and limits, and lets the old one expire after an overlap. A key has one successor: rotate that next time.',
    tags: ['keys'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    parameters: describePathId('id', 'Id of the key to replace.', 'key_4fq9w2m0c7x1t8ka'),
    requestBody: {
      required: false,
      content: { 'application/json': { schema: resolver(rotateKeyRequestSchema) } },
    },
    responses: describeResponses({
      status: 201,
      description: 'The new key, which works at once.',
      schemas: [createdKeyResponseSchema],
      errors: [
        'invalid_request',
        'invalid_json',
        'unauthenticated',
        'missing_scope',
        'key_not_found',
        'key_not_rotatable',
        'payload_too_large',
        'unsupported_media_type',
        'rate_limited',
        'key_store_unavailable',
      ],
    }),
  });

/** `POST /v1/keys/{id}/rotate`: a successor for a key of the caller's tenant. */
export function addKeyRotationRoute(app: Hono<AppEnvironment>): void {
  const body = limitBodySize(limits.keyBodyBytesMax);
  app.post('/v1/keys/:id/rotate', describeRotation(), authenticateApiKey('admin'), body, async (context) => {
    const { keys, keyIssuer, forgetApiKey, now } = context.var.dependencies;
    const request = parseInput(rotateKeyRequestSchema, await readJsonObject(context.req.raw, { mayBeEmpty: true }));
    const id = context.req.param('id');
    const old = await keys.find(context.var.apiKey.tenantId, id);
    if (old === undefined) throw keyNotFound(id);
    const createdAtMs = now();
    const status = keyStatus(old, createdAtMs);
    if (status !== 'active') {
      throw new ServiceError('key_not_rotatable', `The API key ${old.id} is ${status}; create a new one.`);
    }
    const { id: _, hash: __, pepperId: ___, revokedAtMs: ____, ...terms } = old;
    const expiresAtMs = successorExpiry(request.expires_at, old, createdAtMs);
    const { key, row } = await issueKey(keyIssuer, { ...terms, createdAtMs, expiresAtMs, replaces: old.id });
    if ((await keys.replace(row, createdAtMs + request.overlap_seconds * 1000)) === 'has-successor') {
      const message = `The API key ${old.id} has been replaced already; rotate the key that "replaces" it.`;
      throw new ServiceError('key_not_rotatable', message);
    }
    forgetApiKey(old.id);
    const response: CreatedKeyResponse = { ...describeKey(row, createdAtMs), key };
    return context.json(response, 201);
  });
}
