import type { Context } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';

/** Lets work that must not hold up the answer go on after it. The work handles its own failures; one that does not is nobody's to see. */
export function runInBackground(context: Context<AppEnvironment>): (work: Promise<unknown>) => void {
  const executionContext = executionContextOf(context);
  return (work) => {
    const quiet = work.catch(() => undefined);
    executionContext?.waitUntil(quiet);
  };
}

/** undefined outside the Workers runtime, where nothing ends with the answer. */
function executionContextOf(context: Context<AppEnvironment>): Context['executionCtx'] | undefined {
  try {
    return context.executionCtx;
  } catch {
    return undefined;
  }
}
