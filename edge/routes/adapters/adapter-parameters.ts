import type { DescribeRouteOptions } from 'hono-openapi';
import type { z } from 'zod';
import { describePathId } from '#edge/openapi/describe-parameters.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { adapterNameSchema, aliasNameSchema, versionNumberSchema } from '#shared/protocol/adapter-request.ts';

type Parameters = NonNullable<DescribeRouteOptions['parameters']>;

export const nameParameter: Parameters = describePathId(
  'name',
  'Name of the adapter: 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit.',
  'support-tickets',
  adapterNameSchema,
);
export const aliasParameter: Parameters = describePathId(
  'alias',
  'The alias: 1 to 32 small letters, digits and dashes, the first a letter.',
  'prod',
  aliasNameSchema,
);
export const versionParameter: Parameters = describePathId(
  'version',
  'Number of the version, from 1.',
  '3',
  versionNumberSchema,
);
export const uploadParameter: Parameters = describePathId(
  'upload',
  'Id of the upload.',
  'up_0d3v5n8y1r6s2bhe4fq9w2m0c7',
);

/** The adapter's name in the path. Throws ServiceError `invalid_request`. */
export function readAdapterName(text: string): string {
  return read('name', text, adapterNameSchema);
}

/** The alias in the path. Throws ServiceError `invalid_request`. */
export function readAliasName(text: string): string {
  return read('alias', text, aliasNameSchema);
}

/** The version in the path. Throws ServiceError `invalid_request`. */
export function readVersionNumber(text: string): number {
  return Number(read('version', text, versionNumberSchema));
}

/** Characters of a bad value that an error shows. */
const shownCharactersMax = 80;

function read(param: string, text: string, schema: z.ZodString): string {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const shown = text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;
  const message = `${param} is ${JSON.stringify(shown)}; ${parsed.error.issues[0]?.message}`;
  throw new ServiceError('invalid_request', message, { param });
}
