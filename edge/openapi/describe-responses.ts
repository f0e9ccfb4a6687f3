import { type DescribeRouteOptions, resolver } from 'hono-openapi';
import { z } from 'zod';
import { type ErrorCode, errorCatalogue } from '#shared/errors/error-catalogue.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';

type Responses = NonNullable<DescribeRouteOptions['responses']>;

export interface DescribedResponses {
  readonly description: string;
  /** Of success; 200 where it is not named. */
  readonly status?: 200 | 201 | 202;
  /** Body of the success; several where the request's shape chooses. */
  readonly schemas: readonly [z.ZodType, ...z.ZodType[]];
  /** Of the success; absent: JSON. */
  readonly mediaType?: string;
  /** Of the success in other forms, as text. */
  readonly textTypes?: readonly string[];
  /** Codes that the route can answer, beside `internal`. */
  readonly errors?: readonly ErrorCode[];
  /** Bodies of the errors; absent: the superset body. */
  readonly errorSchemas?: readonly [z.ZodType, ...z.ZodType[]];
}

/** The `responses` of an operation: its success, and one entry per status with the codes that have it. */
export function describeResponses({
  status = 200,
  description,
  schemas,
  mediaType = 'application/json',
  textTypes = [],
  errors = [],
  errorSchemas = [errorBodySchema],
}: DescribedResponses): Responses {
  const byStatus = Map.groupBy([...errors, 'internal' as const], (code) => errorCatalogue[code].status);
  const failures = [...byStatus].map(([status, codes]): [string, Responses[string]] => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].sentence}`).join(' '),
      content: { 'application/json': { schema: resolver(oneOf(errorSchemas)) } },
    },
  ]);
  return {
    [status]: {
      description,
      content: {
        [mediaType]: { schema: resolver(oneOf(schemas)) },
        ...Object.fromEntries(textTypes.map((type) => [type, { schema: { type: 'string' as const } }])),
      },
    },
    ...Object.fromEntries(failures),
  };
}

function oneOf([first, ...others]: DescribedResponses['schemas']): z.ZodType {
  return others.length === 0 ? first : z.union([first, ...others]);
}
