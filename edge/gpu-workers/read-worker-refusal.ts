import {
  answeredFailure,
  type FailureReason,
  type ShardFailure,
  shardFailure,
} from '#edge/gpu-workers/shard-outcome.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { workerErrorSchema } from '#shared/protocol/worker-error.ts';

/** Worker codes that are the caller's business. Any other 4xx (a signature refused, a route unknown) is a fault between our own services. */
const callersBusiness = new Map<string, { readonly code: ErrorCode; readonly reason: FailureReason }>([
  ['invalid_request', { code: 'invalid_request', reason: 'refused' }],
  ['model_not_found', { code: 'model_not_found', reason: 'refused' }],
  ['adapter_not_found', { code: 'adapter_not_found', reason: 'refused' }],
  ['invalid_adapter', { code: 'invalid_adapter', reason: 'refused' }],
  ['payload_too_large', { code: 'payload_too_large', reason: 'refused' }],
  ['overloaded', { code: 'overloaded', reason: 'overloaded' }],
  ['adapter_unavailable', { code: 'adapter_unavailable', reason: 'adapter-unavailable' }],
  ['deadline_exceeded', { code: 'deadline_exceeded', reason: 'timed-out' }],
]);

export interface WorkerRefusal {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The answer's body, parsed as JSON; undefined where it was none. */
  readonly body: unknown;
  /** Positions of the shard's documents in the request: the worker counts from 0 within the shard. */
  readonly documentIndices: readonly number[];
}

/** What a worker's answer other than 200 means for the request. */
export function readWorkerRefusal({ status, retryAfter, body, documentIndices }: WorkerRefusal): ShardFailure {
  const parsed = workerErrorSchema.safeParse(body);
  const fault = parsed.success ? parsed.data.error : undefined;
  const meaning = callersBusiness.get(fault?.code ?? (status === 429 ? 'overloaded' : ''));
  const detail = `status ${status}, code ${fault?.code ?? 'none'}`;
  if (meaning === undefined) {
    // A fault inside the worker says nothing of its health: the same request may fail everywhere.
    return fault?.code === 'internal' ? answeredFailure('unreachable', detail) : shardFailure('unreachable', detail);
  }
  const param = fault?.param === undefined ? {} : { param: renumber(fault.param, documentIndices) };
  const wait = meaning.reason === 'refused' ? {} : { retryAfterSeconds: readSeconds(retryAfter) };
  const message = fault === undefined ? undefined : renumber(fault.message, documentIndices);
  return answeredFailure(meaning.reason, detail, new ServiceError(meaning.code, message, { ...param, ...wait }));
}

function renumber(text: string, documentIndices: readonly number[]): string {
  return text.replace(/\bdocuments\[(\d+)\]/g, (_, index) => `documents[${documentIndices[Number(index)] ?? index}]`);
}

/** Retry-After in seconds, within what a caller can be asked to wait; a date or nonsense reads as 1. */
function readSeconds(header: string | null): number {
  const seconds = Number(header ?? '');
  return Number.isFinite(seconds) ? Math.min(60, Math.max(1, Math.ceil(seconds))) : 1;
}
