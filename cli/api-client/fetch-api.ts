import type { Connection } from '#cli/api-client/connection.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';

/** A body of a known length that comes piece by piece. */
export interface FileBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly bytes: number;
  /** Default: application/octet-stream. */
  readonly mediaType?: string;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query: `/v1/keys?limit=100`. */
  readonly path: string;
  readonly body?: object;
  /** Instead of `body`: bytes as they are. */
  readonly file?: FileBody;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** One call of the API, whose answer is good. Throws an Error with one sentence: the API's own message with the request id, or why there is no answer. */
export async function fetchApi(
  { url, key }: Connection,
  { method, path, body, file, headers = {}, signal }: ApiRequest,
): Promise<Response> {
  const response = await send(`${url}${path}`, {
    method,
    headers: {
      ...headers,
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(file === undefined ? {} : fileHeaders(file)),
    },
    signal,
    // A redirect would carry the key to whoever it names.
    redirect: 'error',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(file === undefined ? {} : { body: file.stream, duplex: 'half' }),
  });
  if (response.ok) return response;
  const answer = await response.json().catch(() => undefined);
  throw new Error(describeRefusal(url, response.status, answer));
}

function fileHeaders({ bytes, mediaType = 'application/octet-stream' }: FileBody): Record<string, string> {
  return { 'content-type': mediaType, 'content-length': String(bytes) };
}

async function send(url: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${new URL(url).origin} does not answer: ${reason}`);
  }
}

function describeRefusal(url: string, status: number, answer: unknown): string {
  const parsed = errorBodySchema.safeParse(answer);
  if (!parsed.success) return `${url} answered with status ${status}.`;
  return `${parsed.data.message} (status ${status}, request ${parsed.data.id})`;
}
