import { ServiceError } from '#shared/errors/service-error.ts';
import { type ScoreRequest, scoreRequestSchema } from '#shared/protocol/score.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The body of `POST /v1/score`. Throws `invalid_json`, or `invalid_request` that names the first field at fault and counts the others. */
export function parseScoreRequest(body: Uint8Array): ScoreRequest {
  const parsed = scoreRequestSchema.safeParse(parseJson(body));
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
