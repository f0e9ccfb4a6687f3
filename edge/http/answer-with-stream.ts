import type { Context } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { watchStream } from '#edge/http/watch-stream.ts';

/** A 200 whose body is the stream. The request counts as answered with its last byte, or when its reader has gone. */
export function answerWithStream(
  context: Context<AppEnvironment>,
  source: ReadableStream<Uint8Array>,
  headers: Record<string, string>,
): Response {
  const { stream, ended } = watchStream(source, context.req.raw.signal);
  context.set('streamEnd', ended);
  return context.body(stream, 200, headers);
}
