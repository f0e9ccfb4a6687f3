import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { addAdapterDeletionRoutes } from '#edge/routes/adapters/delete-adapter.ts';
import { addAdapterReadingRoutes } from '#edge/routes/adapters/get-adapters.ts';
import { addUploadRoutes } from '#edge/routes/adapters/post-upload.ts';
import { addAdapterUploadRoute } from '#edge/routes/adapters/put-adapter.ts';
import { addAliasRoutes } from '#edge/routes/adapters/put-alias.ts';

/** Everything under `/v1/adapters`. */
export function addAdapterRoutes(app: Hono<AppEnvironment>): void {
  addAdapterReadingRoutes(app);
  addAdapterUploadRoute(app);
  addUploadRoutes(app);
  addAliasRoutes(app);
  addAdapterDeletionRoutes(app);
}
