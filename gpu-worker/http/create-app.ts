import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import type { Logger } from 'pino';
import { authenticateCall } from '#gpu-worker/http/authenticate-call.ts';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { getInfo } from '#gpu-worker/http/get-info.ts';
import { handleErrors } from '#gpu-worker/http/handle-errors.ts';
import { logCall } from '#gpu-worker/http/log-call.ts';
import { countCalls } from '#gpu-worker/http/metrics/count-calls.ts';
import type { WorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import { postAdapterValidation } from '#gpu-worker/http/post-adapter-validation.ts';
import { postScore } from '#gpu-worker/http/post-score.ts';
import { traceCall } from '#gpu-worker/http/trace-call.ts';
import { describePhase, type WorkerState } from '#gpu-worker/http/worker-state.ts';
import type { ValidateUploadedAdapter } from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';

export interface AppOptions {
  readonly state: WorkerState;
  /** Id under which callers name the base model. */
  readonly modelId: string;
  readonly signingKeys: readonly Uint8Array[];
  readonly bodyBytesMax: number;
  readonly queueLengthMax: number;
  readonly validateAdapter: ValidateUploadedAdapter;
  readonly metrics: WorkerMetrics;
  /** Version of the product, shown by `/info`. */
  readonly version: string;
  readonly logger: Logger;
  readonly now: () => number;
  /** undefined where nothing is traced. */
  readonly tracing?: Tracing | undefined;
}

/** The worker's HTTP surface: probes and metrics for anybody, everything else for signed calls of the edge. */
export function createApp(options: AppOptions): Hono<CallContext> {
  const { state, metrics, logger, now } = options;
  const app = new Hono<CallContext>();
  app.use(requestId());
  app.use(logCall(logger, now));
  app.use(countCalls(metrics, now));
  app.use(async (context, next) => {
    await next();
    // A connection that stayed open would hold up the end of the drain.
    if (state.phase.name === 'draining') context.header('Connection', 'close');
  });
  app.onError(handleErrors);
  app.notFound((context) => handleErrors(new ServiceError('route_not_found'), context));

  app.get('/health', (context) => context.json({ status: 'live' }));
  app.get('/ready', (context) => {
    if (state.phase.name !== 'ready' && state.phase.name !== 'training')
      throw new ServiceError('not_ready', describePhase(state.phase), { retryAfterSeconds: 2 });
    return context.json({ status: 'ready' });
  });
  metrics.watch(state);
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );

  const signed = authenticateCall({ keys: options.signingKeys, bodyBytesMax: options.bodyBytesMax, now });
  const traced = traceCall(options.tracing);
  app.get('/info', signed, getInfo(options));
  app.post('/v1/score', traced, signed, postScore(options));
  app.post('/v1/adapters/validate', traced, signed, postAdapterValidation(options));
  for (const path of ['/v1/score', '/v1/adapters/validate']) app.all(path, () => methodNotAllowed('POST'));
  for (const path of ['/health', '/ready', '/metrics', '/info']) app.all(path, () => methodNotAllowed('GET'));
  return app;
}

function methodNotAllowed(allowed: string): never {
  throw new ServiceError('method_not_allowed', `The endpoint takes ${allowed} only.`);
}
