import { ServiceError } from '#shared/errors/service-error.ts';
import type { SpanAttributes, TraceSpan } from '#shared/tracing/trace-span.ts';

/** Runs `work` as a part of `parent`, which ends with it, failed where it throws. Its argument is that part. */
export async function inSpan<Result>(
  parent: TraceSpan,
  name: string,
  attributes: SpanAttributes,
  work: (span: TraceSpan) => Promise<Result>,
): Promise<Result> {
  const span = parent.start(name, { attributes });
  try {
    const result = await work(span);
    span.end();
    return result;
  } catch (error) {
    span.end({ error: errorName(error) });
    throw error;
  }
}

/** What a span says of an error: its code, or its class; never its message, which may hold anything. */
export function errorName(error: unknown): string {
  if (error instanceof ServiceError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
