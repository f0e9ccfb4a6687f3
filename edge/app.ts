import { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { routeFault } from '#edge/http/route-fault.ts';
import type { Log } from '#edge/log.ts';
import { allowOrigins } from '#edge/middleware/allow-origins.ts';
import { assignRequestId } from '#edge/middleware/assign-request-id.ts';
import { handleErrors } from '#edge/middleware/handle-errors.ts';
import { logRequest } from '#edge/middleware/log-request.ts';
import { measureTime } from '#edge/middleware/measure-time.ts';
import { type CreateDependencies, provideDependencies } from '#edge/middleware/provide-dependencies.ts';
import { recordMetrics } from '#edge/middleware/record-metrics.ts';
import { traceRequest } from '#edge/middleware/trace-request.ts';
import { addAdapterRoutes } from '#edge/routes/adapters/add-adapter-routes.ts';
import { addDocsRoute } from '#edge/routes/get-docs.ts';
import { addHealthRoute } from '#edge/routes/get-health.ts';
import { addIndexRoute } from '#edge/routes/get-index.ts';
import { addInfoRoute } from '#edge/routes/get-info.ts';
import { addModelsRoute } from '#edge/routes/get-models.ts';
import { addOpenApiRoute } from '#edge/routes/get-openapi.ts';
import { addPingRoute } from '#edge/routes/get-ping.ts';
import { addUsageRoute } from '#edge/routes/get-usage.ts';
import { addTrainingWorkRoutes } from '#edge/routes/internal/add-training-work-routes.ts';
import { addKeyRevocationRoute } from '#edge/routes/keys/delete-key.ts';
import { addKeyReadingRoutes } from '#edge/routes/keys/get-keys.ts';
import { addKeyCreationRoute } from '#edge/routes/keys/post-key.ts';
import { addKeyRotationRoute } from '#edge/routes/keys/post-key-rotation.ts';
import { addReceiptVerificationRoute } from '#edge/routes/post-receipt-verification.ts';
import { addRerankRoutes } from '#edge/routes/post-rerank.ts';
import { addScoreRoutes } from '#edge/routes/post-score.ts';
import { addTrainingRoutes } from '#edge/routes/training/add-training-routes.ts';

export interface AppOptions {
  readonly createDependencies: CreateDependencies;
  /** For requests; it must work even where the dependencies could not be built. */
  readonly log: Log;
}

/** The edge's routes and what every request passes through, in order. Building it touches nothing outside. */
export function createApp({ createDependencies, log }: AppOptions): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>();
  app.onError(handleErrors);
  app.notFound((context) => handleErrors(routeFault(app, context), context));
  app.use(
    assignRequestId,
    logRequest(log),
    provideDependencies(createDependencies),
    recordMetrics,
    traceRequest,
    measureTime,
    allowOrigins(),
  );
  addRerankRoutes(app);
  addScoreRoutes(app);
  addReceiptVerificationRoute(app);
  addModelsRoute(app);
  addAdapterRoutes(app);
  addKeyCreationRoute(app);
  addKeyReadingRoutes(app);
  addKeyRotationRoute(app);
  addKeyRevocationRoute(app);
  addTrainingRoutes(app);
  addTrainingWorkRoutes(app);
  addUsageRoute(app);
  addHealthRoute(app);
  addPingRoute(app);
  addInfoRoute(app);
  addOpenApiRoute(app);
  addDocsRoute(app);
  addIndexRoute(app);
  return app;
}
