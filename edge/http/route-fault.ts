import type { Context, Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Why no route takes the request: ServiceError `method_not_allowed` (and Allow is set) where the path takes another method, else `route_not_found`. */
export function routeFault(app: Hono<AppEnvironment>, context: Context<AppEnvironment>): ServiceError {
  const { method, path } = context.req;
  const allowed = methods.filter((other) => hasRoute(app, other, path));
  if (allowed.length === 0) {
    return new ServiceError(
      'route_not_found',
      `There is no endpoint ${shorten(path)}; GET /openapi.json lists what there is.`,
    );
  }
  const allow = allowed.flatMap((other) => (other === 'GET' ? ['GET', 'HEAD'] : [other])).join(', ');
  context.header('Allow', allow);
  return new ServiceError('method_not_allowed', `${shorten(path)} does not take ${method}, it takes ${allow}.`);
}

/** Middleware is registered for every method under the name ALL; only routes have a method of their own. */
function hasRoute(app: Hono<AppEnvironment>, method: string, path: string): boolean {
  const [matches] = app.router.match(method, path);
  return matches.some(([[, route]]) => route.method === method);
}

function shorten(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path;
}
