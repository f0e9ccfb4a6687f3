import type { z } from 'zod';
import type { Connection } from '#cli/api-client/connection.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';

/** A body of a known length that comes piece by piece. */
export interface FileBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly bytes: number;
}

export interface ApiCall<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query: `/v1/keys?limit=100`. */
  readonly path: string;
  readonly body?: object;
  /** Instead of `body`: bytes as they are. */
  readonly file?: FileBody;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the answer. */
  readonly schema: Schema;
  readonly signal: AbortSignal;
}

/** One call of the API. Throws an Error with one sentence: the API's own message with the request id, or why there is no answer. */
export async function callApi<Schema extends z.ZodType>(
  { url, key }: Connection,
  { method, path, body, file, headers = {}, schema, signal }: ApiCall<Schema>,
): Promise<z.output<Schema>> {
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
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(describeRefusal(url, response.status, answer));
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new Error(
    `${url} does not answer ${method} ${path} as Hintrank does; is it another service, or another version?`,
  );
}

function fileHeaders({ bytes }: FileBody): Record<string, string> {
  return { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
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
