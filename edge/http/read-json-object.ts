import { formatCount } from '#edge/format-count.ts';
import { jsonDepth } from '#edge/http/json-depth.ts';
import type { JsonObject } from '#edge/rerank/normalise-rerank-body.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

/**
 * The body as a JSON object; `mayBeEmpty`: no body is an object without fields. Throws ServiceError `unsupported_media_type`, `invalid_json`,
 * `invalid_request`; never shows what the body holds.
 */
export async function readJsonObject(request: Request, { mayBeEmpty = false } = {}): Promise<JsonObject> {
  const contentType = request.headers.get('content-type');
  if (contentType !== null && !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType.trim())) {
    const shown = contentType.slice(0, 100);
    throw new ServiceError('unsupported_media_type', `The content type is "${shown}"; it must be application/json.`);
  }
  const bytes = await request.arrayBuffer();
  if (mayBeEmpty && bytes.byteLength === 0) return {};
  const depth = jsonDepth(new Uint8Array(bytes));
  if (depth > limits.jsonDepthMax) {
    const levels = `${formatCount(depth)} levels deep, the limit is ${limits.jsonDepthMax}`;
    throw new ServiceError('invalid_request', `The request body is nested ${levels}`);
  }
  const value = parseJson(bytes);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  const shown = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  throw new ServiceError('invalid_request', `The request body is ${shown}; it must be a JSON object`);
}

function parseJson(bytes: ArrayBuffer): unknown {
  if (bytes.byteLength === 0)
    throw new ServiceError('invalid_json', 'The request body is empty; it must be a JSON object.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (cause) {
    // The runtime's own message quotes the body, so only the place is taken from it.
    const place = cause instanceof SyntaxError ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
    const fault = cause instanceof SyntaxError ? 'not valid JSON' : 'not valid UTF-8';
    const where = place === undefined ? '' : ` at character ${formatCount(Number(place))}`;
    throw new ServiceError(
      'invalid_json',
      `The request body (${formatCount(bytes.byteLength)} bytes) is ${fault}${where}.`,
    );
  }
}
