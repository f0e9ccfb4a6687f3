import type { Context } from 'hono';
import { routePath } from 'hono/route';
import type { AppEnvironment } from '#edge/app-context.ts';

/** `/v1/adapters/:name`: the route that takes the request, never what the caller put in. undefined where none does. */
export function routePattern(context: Context<AppEnvironment>): string | undefined {
  const path = routePath(context, -1);
  return path.includes('*') ? undefined : path;
}
