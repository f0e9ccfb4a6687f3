import { ServiceError } from '#shared/errors/service-error.ts';

export interface CallScopeOptions {
  /** Fires when the caller leaves. */
  readonly caller: AbortSignal;
  /** Fires when the worker has to stop. */
  readonly forcedStop: AbortSignal;
  /** Unix milliseconds. */
  readonly deadlineAtMs: number;
  readonly now: () => number;
}

/**
 * Runs `work` with a signal that fires when the caller leaves, the deadline passes or the worker must stop. If it has fired, the call
 * ends with that reason (`request_cancelled`, `deadline_exceeded`, `not_ready`), whatever `work` made of it.
 */
export async function withCallScope<Result>(
  { caller, forcedStop, deadlineAtMs, now }: CallScopeOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const scope = new AbortController();
  const cancel = () => scope.abort(new ServiceError('request_cancelled'));
  const stop = () => scope.abort(new ServiceError('not_ready', 'The worker stopped before the documents were scored.'));
  const expire = () => scope.abort(new ServiceError('deadline_exceeded'));
  const timer = setTimeout(expire, Math.max(0, deadlineAtMs - now()));
  if (caller.aborted) cancel();
  if (forcedStop.aborted) stop();
  if (deadlineAtMs <= now()) expire();
  caller.addEventListener('abort', cancel);
  forcedStop.addEventListener('abort', stop);
  try {
    scope.signal.throwIfAborted();
    return await work(scope.signal);
  } catch (error) {
    throw scope.signal.aborted ? scope.signal.reason : error;
  } finally {
    clearTimeout(timer);
    caller.removeEventListener('abort', cancel);
    forcedStop.removeEventListener('abort', stop);
  }
}
