import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import type { RequestPlace } from '#edge/gpu-workers/order-regions.ts';
import { readJsonObject } from '#edge/http/read-json-object.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { limitBodySize } from '#edge/middleware/limit-body-size.ts';
import { meterUsage } from '#edge/middleware/meter-usage.ts';
import { cacheStatus } from '#edge/rerank/cache-status.ts';
import { chooseClientShape } from '#edge/rerank/client-shapes/choose-client-shape.ts';
import { parseRerankRequest } from '#edge/rerank/parse-rerank-request.ts';
import { rerankDocuments } from '#edge/rerank/rerank-documents.ts';
import { describeRerank } from '#edge/routes/describe-rerank.ts';
import { rerankPaths } from '#edge/routes/rerank-paths.ts';
import { readCacheUse } from '#edge/score-cache/cache-use.ts';
import { limits } from '#shared/limits.ts';
import { readTraceContext } from '#shared/tracing/trace-context.ts';

/** `POST /v2/rerank` and its other names: documents in the order in which they explain the query. */
export function addRerankRoutes(app: Hono<AppEnvironment>): void {
  for (const path of rerankPaths) {
    app.post(
      path,
      describeRerank(path),
      authenticateApiKey('rerank'),
      meterUsage,
      limitBodySize(limits.requestBodyBytesMax),
      async (context) => {
        const { signal } = context.req.raw;
        const body = await readJsonObject(context.req.raw);
        const shape = chooseClientShape(body);
        context.set('errorShape', shape.errorShape);
        const outcome = await rerankDocuments(context.var.dependencies, {
          ...parseRerankRequest(shape, body),
          tenantId: context.var.apiKey.tenantId,
          origin: new URL(context.req.url).origin,
          requestId: context.var.requestId,
          traceContext: readTraceContext(context.req.raw.headers),
          startedAtMs: context.var.startedAtMs,
          place: placeOf(context.req.raw),
          signal,
          cacheUse: readCacheUse(context.req.header('cache-control') ?? null),
          runInBackground: runInBackground(context),
        });
        context.set('usage', outcome.usage);
        context.header('X-Cache', cacheStatus(outcome));
        const { degradation } = outcome;
        if (degradation !== undefined)
          context.header('X-Degraded', `${degradation.policy}; reason=${degradation.reason}`);
        if (outcome.workerMs !== undefined) context.var.timing.workerMs = outcome.workerMs;
        context.var.timing.workerTiming = outcome.workerTiming;
        return context.json(shape.respond(outcome));
      },
    );
  }
}

/** `request.cf`, which the Workers runtime adds and other runtimes do not have. */
function placeOf(request: Request): RequestPlace | undefined {
  return 'cf' in request ? (request.cf as RequestPlace | undefined) : undefined;
}
