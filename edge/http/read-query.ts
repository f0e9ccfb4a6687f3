import type { z } from 'zod';
import { parseInput } from '#edge/http/parse-input.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Characters of a parameter's name that an error shows. */
const shownCharactersMax = 40;

/**
 * The query string by its schema. `numbers` — parameters that are numbers; what does not look like one is left for the schema to refuse.
 * Throws ServiceError `invalid_request`, also for a parameter that stands there twice.
 */
export function readQuery<Schema extends z.ZodType>(
  schema: Schema,
  url: string,
  numbers: readonly string[] = [],
): z.output<Schema> {
  const parameters = [...new URL(url).searchParams];
  const names = parameters.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index)?.slice(0, shownCharactersMax);
  if (twice !== undefined) {
    throw new ServiceError('invalid_request', `${twice} is given twice; give it once`, { param: twice });
  }
  const values = parameters.map(([name, text]): [string, unknown] => {
    return [name, numbers.includes(name) && /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text];
  });
  return parseInput(schema, Object.fromEntries(values));
}
