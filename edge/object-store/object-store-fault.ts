import { ServiceError } from '#shared/errors/service-error.ts';

/** Seconds after which a store that did not answer may be asked again. */
const retryAfterSeconds = 5;

/** The store is gone, or does not do what S3 says. What happened is for the log alone. */
export function objectStoreFault(detail: string, cause?: unknown): ServiceError {
  const innermost = cause instanceof Error ? cause.message : cause === undefined ? '' : String(cause);
  return new ServiceError(
    'adapter_store_unavailable',
    'The store of adapter files does not answer as it should; nothing was registered or changed. Retry.',
    { retryAfterSeconds, cause: new Error(innermost === '' ? detail : `${detail}: ${innermost}`) },
  );
}

/** The fault of an answer that S3 does not give for this call: a refused signature, a bucket that is not there. */
export async function unexpectedAnswer(call: string, response: Response): Promise<ServiceError> {
  const code = /<Code>([A-Za-z]{1,80})<\/Code>/.exec(await response.text().catch(() => ''))?.[1] ?? 'no code';
  return objectStoreFault(`${call} got status ${response.status} (${code})`);
}
