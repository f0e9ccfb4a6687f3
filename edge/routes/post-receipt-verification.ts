import type { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import type { AppEnvironment } from '#edge/app-context.ts';
import { parseInput } from '#edge/http/parse-input.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import { verifyReceipt } from '#edge/receipts/verify-receipt.ts';
import { limits } from '#shared/limits.ts';
import { receiptVerificationSchema, verifyReceiptSchema } from '#shared/protocol/receipt-verification.ts';

/** `POST /v1/receipts/verify`: whether this deployment signed a receipt, and whether it is of given texts. Asks no worker and no database but for the key. */
export function addReceiptVerificationRoute(app: Hono<AppEnvironment>): void {
  app.post(
    '/v1/receipts/verify',
    describeRoute({
      operationId: 'post_v1_receipts_verify',
      summary: 'Verify a receipt',
      description:
        'Whether this deployment signed a receipt and nothing of it was changed, and whether it is of the query and documents that are sent along. A receipt tells its tenant’s texts to nobody, so any key may ask.',
      tags: ['rerank'],
      security: [{ bearer: [] }, { apiKeyHeader: [] }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: resolver(verifyReceiptSchema) } },
      },
      responses: describeResponses({
        description: 'What was found.',
        schemas: [receiptVerificationSchema],
        errors: [
          'invalid_request',
          'invalid_json',
          'unauthenticated',
          'missing_scope',
          'payload_too_large',
          'unsupported_media_type',
          'rate_limited',
          'key_store_unavailable',
        ],
      }),
    }),
    authenticateApiKey('rerank'),
    limitBodySize(limits.requestBodyBytesMax),
    async (context) => {
      const body = parseInput(verifyReceiptSchema, await readJsonObject(context.req.raw));
      return context.json(await verifyReceipt(context.var.dependencies.environment.apiKeyPeppers, body));
    },
  );
}
