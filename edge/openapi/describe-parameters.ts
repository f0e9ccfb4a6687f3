import type { DescribeRouteOptions } from 'hono-openapi';
import { z } from 'zod';

type Parameters = NonNullable<DescribeRouteOptions['parameters']>;

/** Every field of a query's schema as a parameter; none is required. */
export function describeQuery(schema: z.ZodObject): Parameters {
  return Object.entries(schema.shape).map(([name, field]) => describe('query', name, field as z.ZodType, false));
}

/** The id that stands in a route's path. `schema` — its form, where it has one that the route insists on. */
export function describePathId(
  name: string,
  description: string,
  example: string,
  schema: z.ZodString = z.string().min(1),
): Parameters {
  return [describe('path', name, schema.meta({ description, examples: [example] }), true)];
}

/** A header that a request may have. */
export function describeHeader(name: string, field: z.ZodType): Parameters {
  return [describe('header', name, field, false)];
}

function describe(
  place: 'query' | 'path' | 'header',
  name: string,
  field: z.ZodType,
  required: boolean,
): Parameters[number] {
  const { $schema: _, description = '', examples, ...schema } = z.toJSONSchema(field, { io: 'output' });
  const example = examples?.[0];
  return {
    in: place,
    name,
    required,
    description,
    schema: schema as Exclude<Parameters[number], { $ref: string }>['schema'],
    ...(example === undefined ? {} : { example }),
  } as Parameters[number];
}
