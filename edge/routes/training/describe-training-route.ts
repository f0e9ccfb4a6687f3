import { type DescribeRouteOptions, describeRoute } from 'hono-openapi';
import { z } from 'zod';
import { describeHeader } from '#edge/openapi/describe-parameters.ts';
import { describeResponses } from '#edge/openapi/describe-responses.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import { limits } from '#shared/limits.ts';

export interface TrainingRoute {
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
  /** Beside those of every route about training. */
  readonly errors: readonly ErrorCode[];
}

const commonErrors = [
  'unauthenticated',
  'missing_scope',
  'rate_limited',
  'key_store_unavailable',
  'training_unavailable',
] as const satisfies ErrorCode[];

/** The documentation of a route about datasets or training jobs. */
export function describeTrainingRoute({ answer, status = 200, schema, mediaType, errors, ...route }: TrainingRoute) {
  const { operationId, summary, description, parameters, requestBody } = route;
  return describeRoute({
    operationId,
    summary,
    description,
    tags: ['training'],
    security: [{ bearer: [] }, { apiKeyHeader: [] }],
    ...(parameters === undefined ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: describeResponses({
      status,
      description: answer,
      schemas: [schema],
      ...(mediaType === undefined ? {} : { mediaType }),
      errors: [...commonErrors, ...errors],
    }),
  });
}

export const idempotencyParameter = describeHeader(
  'Idempotency-Key',
  z
    .string()
    .min(1)
    .max(limits.idempotencyKeyCharactersMax)
    .regex(/^[\x21-\x7e]+$/)
    .meta({
      description:
        'Chosen by you, one for each request that you mean: sent again under it, the request answers as before and makes nothing new.',
      examples: ['3f0e7c1a-tickets-october'],
    }),
);
