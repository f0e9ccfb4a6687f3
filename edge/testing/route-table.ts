import { rerankPaths } from '#edge/routes/rerank-paths.ts';
import { scorePaths } from '#edge/routes/score-paths.ts';
import type { ApiKeyScope } from '#shared/api-keys/api-key-scope.ts';
import { limits } from '#shared/limits.ts';

/** A route that needs a key, and what it takes. */
export interface ProtectedRoute {
  /** As the app names it: `POST /v1/keys/:id/rotate`. */
  readonly route: string;
  readonly scope: ApiKeyScope;
  /** JSON that the route takes, absent where it reads no JSON. It need not succeed; it must get past what all routes refuse. */
  readonly json?: {
    readonly body: object;
    readonly bytesMax: number;
    /** Whether no body at all is taken. */
    readonly optional?: boolean;
  };
}

/** Routes that anybody may call: they tell nothing of a tenant and ask neither database nor worker. */
export const publicRoutes: readonly string[] = [
  'GET /',
  'GET /docs',
  'GET /health',
  'GET /info',
  'GET /openapi.json',
  'GET /ping',
];

/** Routes that take calls of our own workers only, by their signature. */
export const internalRoutes: readonly string[] = [
  'POST /internal/training/leases',
  'POST /internal/training/jobs/:id/heartbeat',
  'POST /internal/training/jobs/:id/finish',
];

const key = { name: 'k', scopes: ['rerank'] };

const adapterJson = (body: object) => ({ body, bytesMax: limits.adapterBodyBytesMax });

/** Every other route. `edge/route-protections.test.ts` fails for a route that stands in neither list. */
export const protectedRoutes: readonly ProtectedRoute[] = [
  ...rerankPaths.map(
    (path): ProtectedRoute => ({
      route: `POST ${path}`,
      scope: 'rerank',
      json: { body: { query: 'q', documents: ['d'] }, bytesMax: limits.requestBodyBytesMax },
    }),
  ),
  ...scorePaths.map(
    (path): ProtectedRoute => ({
      route: `POST ${path}`,
      scope: 'rerank',
      json: { body: { text_1: 'q', text_2: 'd' }, bytesMax: limits.requestBodyBytesMax },
    }),
  ),
  {
    route: 'POST /v1/receipts/verify',
    scope: 'rerank',
    json: { body: { receipt: {} }, bytesMax: limits.requestBodyBytesMax },
  },
  { route: 'GET /v1/models', scope: 'rerank' },
  { route: 'GET /v1/adapters', scope: 'adapters:read' },
  { route: 'GET /v1/adapters/:name', scope: 'adapters:read' },
  { route: 'GET /v1/adapters/:name/versions', scope: 'adapters:read' },
  { route: 'GET /v1/adapters/:name/versions/:version', scope: 'adapters:read' },
  { route: 'PUT /v1/adapters/:name', scope: 'adapters:write' },
  {
    route: 'POST /v1/adapters/:name/uploads',
    scope: 'adapters:write',
    json: adapterJson({ bytes: 1, sha256: '0'.repeat(64) }),
  },
  { route: 'POST /v1/adapters/:name/uploads/:upload/complete', scope: 'adapters:write', json: adapterJson({}) },
  { route: 'DELETE /v1/adapters/:name/uploads/:upload', scope: 'adapters:write' },
  { route: 'PUT /v1/adapters/:name/aliases/:alias', scope: 'adapters:write', json: adapterJson({ version: 1 }) },
  { route: 'POST /v1/adapters/:name/aliases/:alias/rollback', scope: 'adapters:write', json: adapterJson({}) },
  { route: 'DELETE /v1/adapters/:name/aliases/:alias', scope: 'adapters:write' },
  { route: 'DELETE /v1/adapters/:name', scope: 'adapters:write' },
  { route: 'DELETE /v1/adapters/:name/versions/:version', scope: 'adapters:write' },
  { route: 'POST /v1/datasets', scope: 'train' },
  { route: 'GET /v1/datasets', scope: 'train' },
  { route: 'GET /v1/datasets/:id', scope: 'train' },
  { route: 'DELETE /v1/datasets/:id', scope: 'train' },
  {
    route: 'POST /v1/training-jobs',
    scope: 'train',
    json: { body: { dataset: 'ds', adapter: 'tickets' }, bytesMax: limits.trainingBodyBytesMax },
  },
  { route: 'GET /v1/training-jobs', scope: 'train' },
  { route: 'GET /v1/training-jobs/:id', scope: 'train' },
  { route: 'GET /v1/training-jobs/:id/events', scope: 'train' },
  { route: 'GET /v1/training-jobs/:id/report', scope: 'train' },
  { route: 'POST /v1/training-jobs/:id/cancel', scope: 'train' },
  { route: 'DELETE /v1/training-jobs/:id', scope: 'train' },
  { route: 'POST /v1/keys', scope: 'admin', json: { body: key, bytesMax: limits.keyBodyBytesMax } },
  { route: 'GET /v1/keys', scope: 'admin' },
  { route: 'GET /v1/usage', scope: 'admin' },
  { route: 'GET /v1/keys/:id', scope: 'admin' },
  { route: 'DELETE /v1/keys/:id', scope: 'admin' },
  {
    route: 'POST /v1/keys/:id/rotate',
    scope: 'admin',
    json: { body: {}, bytesMax: limits.keyBodyBytesMax, optional: true },
  },
];
