import { answerBefore } from '#edge/answer-before.ts';
import { objectStoreFault, unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';

export interface ObjectRange {
  readonly key: string;
  /** First byte. */
  readonly from: number;
  /** Behind the last byte; no further than the object's end. */
  readonly to: number;
  /** Fires when nobody waits for the bytes any more. */
  readonly signal: AbortSignal;
}

/** Milliseconds until all bytes are there: a store may answer and then hang. */
const rangeTimeoutMs = 60_000;

/** Some bytes of an object. Throws ServiceError `adapter_store_unavailable`, also where they are fewer or more, do not come in time, or nobody waits for them. */
export async function readRange(s3: S3Requests, { signal, ...range }: ObjectRange): Promise<Uint8Array> {
  const limits = AbortSignal.any([signal, s3.timeoutSignal(rangeTimeoutMs)]);
  return answerBefore(limits, fetchRange(s3, range, limits), (reason) =>
    objectStoreFault('GET of a range was given up', reason),
  );
}

async function fetchRange(
  s3: S3Requests,
  { key, from, to }: Omit<ObjectRange, 'signal'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const response = await s3.send({ method: 'GET', key, headers: { range: `bytes=${from}-${to - 1}` }, signal });
  // A store that knows no ranges would send all of it, which may be more than the memory holds.
  if (response.status !== 206) throw await unexpectedAnswer('GET of a range', response);
  const bytes = await response.arrayBuffer().catch((cause: unknown) => {
    throw objectStoreFault('GET of a range broke off', cause);
  });
  if (bytes.byteLength !== to - from) throw objectStoreFault(`GET of a range gave ${bytes.byteLength} bytes`);
  return new Uint8Array(bytes);
}
