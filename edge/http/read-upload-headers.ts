import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface UploadHeaders {
  readonly source: ReadableStream<Uint8Array>;
  /** The body's declared length. */
  readonly bytes: number;
  /** SHA-256 of `Content-Digest` (RFC 9530), hex. */
  readonly statedDigest: string | undefined;
}

/** What is uploaded. */
export interface UploadKind {
  readonly bytesMax: number;
  /** In messages: `the adapter file`. */
  readonly what: string;
  /** As what to send it, in messages. */
  readonly mediaType: string;
}

/** Bodies that are no file: a form around one, or one JSON value about one. */
const refusedTypes = /^(multipart\/|application\/([\w.+-]+\+)?json\s*(;|$))/i;

/** Everything that can be said about a streamed file before its first byte. Throws ServiceError `unsupported_media_type`, `length_required`, `payload_too_large`, `invalid_request`. */
export function readUploadHeaders(
  { headers, body }: Request,
  { bytesMax, what, mediaType }: UploadKind,
): UploadHeaders {
  const contentType = headers.get('content-type') ?? '';
  if (refusedTypes.test(contentType.trim())) {
    const shown = contentType.slice(0, 100);
    const message = `The content type is "${shown}"; the body must be the file itself, as ${mediaType}.`;
    throw new ServiceError('unsupported_media_type', message);
  }
  const length = headers.get('content-length');
  if (length === null || !/^\d{1,15}$/.test(length)) {
    const message = 'The request states no Content-Length; the size of the file must be known before it is stored.';
    throw new ServiceError('length_required', message);
  }
  const bytes = Number(length);
  if (bytes > bytesMax) {
    const message = `The request body has ${formatCount(bytes)} bytes, the limit is ${formatCount(bytesMax)}`;
    throw new ServiceError('payload_too_large', message);
  }
  if (bytes === 0 || body === null) {
    throw new ServiceError('invalid_request', `The request body is empty; it must be ${what}`);
  }
  return { source: body, bytes, statedDigest: readContentDigest(headers.get('content-digest')) };
}

/** Other algorithms beside SHA-256 are passed over, as RFC 9530 has it. */
function readContentDigest(header: string | null): string | undefined {
  if (header === null) return undefined;
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/i.exec(header)?.[1];
  if (base64 === undefined) {
    const message = 'Content-Digest has no SHA-256; it must be sha-256=:BASE64: (RFC 9530)';
    throw new ServiceError('invalid_request', message, { param: 'Content-Digest' });
  }
  return Array.from(atob(base64), (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
