import { ServiceError } from '#shared/errors/service-error.ts';

/** The promise's outcome, or the signal's reason if it fires first; the work behind the promise goes on for others who wait for it. */
export async function waitUnlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  if (signal.aborted) throw abortReason(signal);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(abortReason(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Why a call ended: the ServiceError it was aborted with, or else the caller left. */
export function abortReason(signal: AbortSignal): ServiceError {
  return signal.reason instanceof ServiceError ? signal.reason : new ServiceError('request_cancelled');
}
