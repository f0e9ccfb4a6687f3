import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import type { EdgeBindings } from '#edge/environment.ts';

export type CreateDependencies = (bindings: EdgeBindings) => Dependencies;

/** Builds the dependencies at an isolate's first request, because bindings are not there before, and keeps them. */
export function provideDependencies(create: CreateDependencies) {
  let dependencies: Dependencies | undefined;
  return createMiddleware<AppEnvironment>(async (context, next) => {
    dependencies ??= create(context.env);
    context.set('dependencies', dependencies);
    await next();
  });
}
