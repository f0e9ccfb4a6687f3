import { describeRoute, resolver } from 'hono-openapi';
import { z } from 'zod';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import { errorBodySchema, teiErrorBodySchema } from '#shared/protocol/error-body.ts';
import { rerankRequestSchema } from '#shared/protocol/rerank-request.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import { teiRerankRequestSchema, teiRerankResponseSchema } from '#shared/protocol/tei-rerank.ts';

const description =
  `Orders documents by how well each explains the query: by the likelihood of the query under a frozen language model that has
read the document, optionally with one of your adapters.

The body's fields choose the shape: \`documents\` for Cohere's, Jina's and vLLM's clients (\`top_k\` without \`top_n\`: Voyage's), \`texts\` for Text
Embeddings Inference's (the answer is then a bare array, errors are TeiError), \`contexts\` for Workers AI's, \`input\` for Mixedbread's. Unknown fields
are ignored; null is the same as absent; "true" and "false" are taken as booleans.

Scores of equal requests are kept for some time and shared by nobody but your own keys: X-Cache says whether all (HIT), some (PARTIAL) or none (MISS) of the
documents' scores were kept ones. \`Cache-Control: no-cache\` scores anew, \`no-store\` also keeps nothing.`.replaceAll(
    /(?<!\n)\n(?!\n)/g,
    ' ',
  );

/** Codes that whatever scores documents can answer. */
export const rerankErrors: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_json',
  'unauthenticated',
  'missing_scope',
  'model_not_found',
  'adapter_not_found',
  'payload_too_large',
  'unsupported_media_type',
  'invalid_adapter',
  'rate_limited',
  'quota_exceeded',
  'overloaded',
  'request_cancelled',
  'no_worker_available',
  'adapter_unavailable',
  'key_store_unavailable',
  'deadline_exceeded',
];

/** The documentation of one of the rerank's paths. */
export function describeRerank(path: string) {
  const words = path.split('/').filter((word) => word !== '');
  return describeRoute({
    operationId: ['post', ...words].join('_'),
    summary: 'Rerank documents',
    description,
    tags: ['rerank'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: resolver(z.union([rerankRequestSchema, teiRerankRequestSchema])) } },
    },
    responses: describeResponses({
      description: 'The documents, best first.',
      schemas: [rerankResponseSchema, teiRerankResponseSchema],
      errorSchemas: [errorBodySchema, teiErrorBodySchema],
      errors: rerankErrors,
    }),
  });
}
