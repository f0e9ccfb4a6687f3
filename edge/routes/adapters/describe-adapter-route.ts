import { type DescribeRouteOptions, describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';

export interface AdapterRoute {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: DescribeRouteOptions['parameters'];
  readonly requestBody?: DescribeRouteOptions['requestBody'];
  readonly answer: string;
  readonly status?: 200 | 201;
  readonly schema: z.ZodType;
  /** Beside those of every adapter route. */
  readonly errors: readonly ErrorCode[];
}

/** What every route about adapters can answer. */
const commonErrors = [
  'invalid_request',
  'unauthenticated',
  'missing_scope',
  'rate_limited',
  'key_store_unavailable',
] as const satisfies ErrorCode[];

/** The documentation of a route about adapters. */
export function describeAdapterRoute({ answer, status = 200, schema, errors, ...route }: AdapterRoute) {
  const { operationId, summary, description, parameters, requestBody } = route;
  return describeRoute({
    operationId,
    summary,
    description,
    tags: ['adapters'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    ...(parameters === undefined ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: describeResponses({
      status,
      description: answer,
      schemas: [schema],
      errors: [...commonErrors, ...errors],
    }),
  });
}
