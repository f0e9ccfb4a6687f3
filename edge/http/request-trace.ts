import type { Context } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { readTraceContext, type TraceContext } from '#shared/tracing/trace-context.ts';

/** The request's place in its trace: its own span, or, where nothing is traced, the caller's as it came; undefined where there is neither. */
export function requestTrace(context: Context<AppEnvironment>): TraceContext | undefined {
  return context.var.trace?.context ?? readTraceContext(context.req.raw.headers);
}
