import type { z } from 'zod';
import { ServiceError } from '#shared/errors/service-error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The JSON body of a call by its schema. Throws `invalid_json`, or `invalid_request` that names the first field at fault and counts the others. */
export function parseCallBody<Schema extends z.ZodType>(body: Uint8Array, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues;
  const param = first?.path.join('.') ?? '';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new ServiceError('invalid_request', `${param === '' ? 'body' : param}: ${first?.message}${more}`, { param });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    // The parser's own message quotes the body, which is a customer's text.
    throw new ServiceError('invalid_json');
  }
}
