import type { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { keyNotFound } from '#edge/api-keys/key-not-found.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readQuery } from '#edge/http/read-query.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describeQuery } from '#edge/openapi/describe-parameters.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { readUsageRange } from '#edge/usage/read-usage-range.ts';
import { addCounts, type UsageCounts } from '#edge/usage/usage-counts.ts';
import { usageQuerySchema } from '#shared/protocol/usage-query.ts';
import { type UsageResponse, usageResponseSchema } from '#shared/protocol/usage-response.ts';

const describeUsage = () =>
  describeRoute({
    operationId: 'get_v1_usage',
    summary: 'Usage',
    description:
      'What your tenant used, by day or by key. Requests count within a few seconds after their answer; those that failed do not count.',
    tags: ['usage'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    parameters: describeQuery(usageQuerySchema),
    responses: describeResponses({
      description: 'Rows and their sums.',
      schemas: [usageResponseSchema],
      errors: [
        'invalid_request',
        'unauthenticated',
        'missing_scope',
        'key_not_found',
        'rate_limited',
        'key_store_unavailable',
        'usage_unavailable',
      ],
    }),
  });

/** `GET /v1/usage`: what the caller's tenant used. */
export function addUsageRoute(app: Hono<AppEnvironment>): void {
  app.get('/v1/usage', describeUsage(), authenticateApiKey('admin'), async (context) => {
    const { usageStore, keys, now } = context.var.dependencies;
    const { tenantId } = context.var.apiKey;
    const { key_id: keyId, group_by: groupBy, ...days } = readQuery(usageQuerySchema, context.req.url);
    const range = { tenantId, keyId, ...readUsageRange(days, now()) };
    if (keyId !== undefined && (await keys.find(tenantId, keyId)) === undefined) throw keyNotFound(keyId, 'key_id');
    const rows = groupBy === 'key' ? await usageStore.byKey(range) : await usageStore.byDay(range);
    const nothing = { requests: 0, searchUnits: 0, tokens: 0, cachedTokens: 0 };
    const response: UsageResponse = {
      object: 'list',
      from: range.from,
      to: range.to,
      totals: shapeCounts(rows.reduce<UsageCounts>(addCounts, nothing)),
      data: rows.map((row) => ({
        ...('keyId' in row ? { key_id: row.keyId } : { day: row.day }),
        ...shapeCounts(row),
      })),
    };
    return context.json(response);
  });
}

function shapeCounts({ requests, searchUnits, tokens, cachedTokens }: UsageCounts): UsageResponse['totals'] {
  return { requests, search_units: searchUnits, tokens, cached_tokens: cachedTokens };
}
