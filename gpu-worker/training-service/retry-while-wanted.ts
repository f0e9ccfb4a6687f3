import pRetry from 'p-retry';

export interface Pauses {
  /** Milliseconds before the first retry; each pause is up to twice the one before it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Milliseconds after which it is not tried again. */
  readonly patienceMs: number;
}

export interface RetryOptions {
  readonly pauses: Pauses;
  /** Ends the waiting and is handed to the work. */
  readonly signal: AbortSignal;
  readonly isPassing: (error: Error) => boolean;
  readonly onRetry: (error: Error) => void;
}

/** Does `work` until it succeeds, fails for good, or patience is over; throws its last error, or the signal's reason. */
export function retryWhileWanted<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { pauses, signal, isPassing, onRetry }: RetryOptions,
): Promise<Result> {
  return pRetry(() => work(signal), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: pauses.firstMs,
    maxTimeout: pauses.longestMs,
    maxRetryTime: pauses.patienceMs,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => isPassing(error),
    onFailedAttempt: ({ error, retryDelay }) => {
      if (retryDelay > 0 && isPassing(error)) onRetry(error);
    },
  });
}
