import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { verifyCall } from '#shared/signed-calls/verify-call.ts';

/** Lets only calls in that a training worker signed for the edge, whole and within the last minute. Throws ServiceError `unsigned_call`. */
export const authenticateTrainingWorker = createMiddleware<AppEnvironment>(async (context, next) => {
  const { environment, now } = context.var.dependencies;
  const { req } = context;
  const url = new URL(req.url);
  const verification = await verifyCall({
    token: /^Bearer (.+)$/.exec(req.header('authorization') ?? '')?.[1],
    keys: environment.signingKeys,
    method: req.method,
    path: `${url.pathname}${url.search}`,
    // Kept by the framework, so that the handler can read it again.
    body: async () => new Uint8Array(await req.arrayBuffer()),
    audience: 'edge',
    nowMs: now(),
  });
  if (verification.ok) return next();
  const reason = verification.reason.replaceAll('_', ' ');
  throw new ServiceError('unsigned_call', `This endpoint answers signed calls of training workers only: ${reason}.`);
});
