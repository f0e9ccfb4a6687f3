import { AwsV4Signer } from 'aws4fetch';
import { objectStoreFault } from '#edge/object-store/object-store-fault.ts';
import type { ObjectStoreSettings } from '#edge/object-store/object-store-settings.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream must be of a known length: S3 takes no other. */
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly signal?: AbortSignal;
}

export interface PresignedRequest extends Omit<S3Request, 'body' | 'signal'> {
  readonly expiresSeconds: number;
}

/** Signed calls to one bucket. */
export interface S3Requests {
  /** The store's answer, whatever its status below 500. Throws ServiceError `adapter_store_unavailable` when there is none, or the store is at fault. */
  readonly send: (request: S3Request) => Promise<Response>;
  /** A URL that lets whoever has it send exactly this request, with exactly these headers. */
  readonly presign: (request: PresignedRequest) => Promise<string>;
  /** What calls are timed by. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
}

export interface S3RequestsOptions {
  readonly settings: ObjectStoreSettings;
  readonly fetch: (request: Request) => Promise<Response>;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
}

/** Milliseconds for a call without a streamed body; a copy inside the store of 512 MB is the slowest. */
const callTimeoutMs = 60_000;

/** Signature version 4 by aws4fetch: docs/decisions/0018-adapter-store-at-the-edge.md says why not the SDK. */
export function createS3Requests({ settings, fetch, now, timeoutSignal }: S3RequestsOptions): S3Requests {
  const { accessKeyId, secretAccessKey, region } = settings;
  const credentials = { accessKeyId, secretAccessKey, region, service: 's3', cache: new Map<string, ArrayBuffer>() };
  const datetime = () => new Date(now()).toISOString().replace(/[:-]|\.\d{3}/g, '');
  return {
    send: async ({ method, key, query = {}, headers = {}, body, signal }) => {
      const url = objectUrl(settings, key, query);
      const signer = new AwsV4Signer({ url, method, headers: { ...headers }, ...credentials, datetime: datetime() });
      const signed = await signer.sign();
      const limit = signal ?? timeoutSignal(callTimeoutMs);
      const init = { method, headers: signed.headers, redirect: 'manual', signal: limit } as const;
      let response: Response;
      try {
        response = await fetch(new Request(signed.url.href, body === undefined ? init : { ...init, body }));
      } catch (cause) {
        throw objectStoreFault(`${method} ${describeKey(key)} got no answer`, cause);
      }
      if (response.status < 500 && response.status !== 429) return response;
      throw objectStoreFault(`${method} ${describeKey(key)} got status ${response.status}`);
    },
    timeoutSignal,
    presign: async ({ method, key, query = {}, headers = {}, expiresSeconds }) => {
      const url = objectUrl(settings, key, { ...query, 'X-Amz-Expires': String(expiresSeconds) });
      const signing = { url, method, headers: { ...headers }, signQuery: true, allHeaders: true, datetime: datetime() };
      return (await new AwsV4Signer({ ...signing, ...credentials }).sign()).url.href;
    },
  };
}

function objectUrl(
  { endpoint, bucket, pathStyle }: ObjectStoreSettings,
  key: string,
  query: Readonly<Record<string, string>>,
): string {
  const url = new URL(endpoint);
  const folder = url.pathname.replace(/\/+$/, '');
  if (pathStyle) url.pathname = `${folder}/${bucket}/${key}`;
  else {
    url.hostname = `${bucket}.${url.hostname}`;
    url.pathname = `${folder}/${key}`;
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** The folder alone: a digest in a log would tie tenants to each other. */
function describeKey(key: string): string {
  return key.split('/', 1)[0] ?? '';
}
