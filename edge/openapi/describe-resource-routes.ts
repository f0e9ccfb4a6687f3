import { type DescribeRouteOptions, describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';

/** What a route about stored objects (adapters, datasets, training jobs) says of itself. */
export interface ResourceRoute {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: DescribeRouteOptions['parameters'];
  readonly requestBody?: DescribeRouteOptions['requestBody'];
  readonly answer: string;
  readonly status?: 200 | 201;
  readonly schema: z.ZodType;
  /** Of the answer; absent: JSON. */
  readonly mediaType?: string;
  /** Media types of the same answer in other forms, as text. */
  readonly textTypes?: readonly string[];
  /** Beside those that all routes of its tag have. */
  readonly errors: readonly ErrorCode[];
}

/** The documentation of routes that share a tag; every one of them can end with the common errors. */
export function describeResourceRoutes(tag: string, commonErrors: readonly ErrorCode[]) {
  return ({ answer, status = 200, schema, mediaType, textTypes, errors, ...route }: ResourceRoute) => {
    const { operationId, summary, description, parameters, requestBody } = route;
    return describeRoute({
      operationId,
      summary,
      description,
      tags: [tag],
      security: [{ bearer: [] }, { apiKeyHeader: [] }],
      ...(parameters === undefined ? {} : { parameters }),
      ...(requestBody === undefined ? {} : { requestBody }),
      responses: describeResponses({
        status,
        description: answer,
        schemas: [schema],
        ...(mediaType === undefined ? {} : { mediaType }),
        ...(textTypes === undefined ? {} : { textTypes }),
        errors: [...commonErrors, ...errors],
      }),
    });
  };
}
