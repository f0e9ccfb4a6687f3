import { readWorkerRefusal } from '#edge/gpu-workers/read-worker-refusal.ts';
import { mostTelling, type ShardFailure, shardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import {
  type AdapterValidationRequest,
  type AdapterValidationResponse,
  adapterValidationResponseSchema,
} from '#shared/protocol/adapter-validation.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

export interface AdapterToValidate {
  readonly request: Omit<AdapterValidationRequest, 'deadline_at_ms'>;
  readonly requestId: string;
}

/** Throws ServiceError: `invalid_adapter`, `adapter_not_found`, or why no worker could check it. */
export type ValidateAdapter = (adapter: AdapterToValidate) => Promise<AdapterValidationResponse>;

/** Milliseconds for one worker to fetch 512 MB, look at every value, and wait for its turn. */
const attemptTimeoutMs = 60_000;

/** Workers asked before giving up: a second one is for a worker that is gone, more would only keep the uploader waiting. */
const attemptsMax = 2;

/** Has an upload checked by a worker, and by another where the first cannot. Workers are asked from a place that the digest chooses. */
export function createAdapterValidation(ports: WorkerCallPorts, workers: readonly string[]): ValidateAdapter {
  return async (adapter) => {
    const start = Number.parseInt(adapter.request.digest.slice(0, 8), 16) % workers.length;
    const asked = [...workers.slice(start), ...workers.slice(0, start)].slice(0, attemptsMax);
    let failure: ShardFailure | undefined;
    for (const worker of asked) {
      const outcome = await askWorker(ports, worker, adapter);
      if (outcome.kind === 'valid') return outcome.response;
      const { reason, detail } = outcome;
      if (reason === 'refused') throw outcome.error;
      const event = { level: 'warn', event: 'adapter_validation_failed', requestId: adapter.requestId } as const;
      ports.log({ ...event, worker, reason, detail });
      failure = failure === undefined ? outcome : mostTelling(failure, outcome);
    }
    throw (failure ?? shardFailure('unreachable', 'there is no worker')).error;
  };
}

type ValidationOutcome = { readonly kind: 'valid'; readonly response: AdapterValidationResponse } | ShardFailure;

async function askWorker(
  ports: WorkerCallPorts,
  worker: string,
  { request, requestId }: AdapterToValidate,
): Promise<ValidationOutcome> {
  const url = new URL(`${worker}/v1/adapters/validate`);
  const nowMs = ports.now();
  const body = JSON.stringify({ ...request, deadline_at_ms: nowMs + attemptTimeoutMs });
  const signing = { key: ports.signingKey, method: 'POST', path: url.pathname, nowMs };
  const token = await signCall({ ...signing, body: new TextEncoder().encode(body) });
  try {
    const response = await ports.fetch(url.href, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-request-id': requestId },
      body,
      signal: ports.timeoutSignal(attemptTimeoutMs),
      redirect: 'manual',
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.status !== 200) {
      const retryAfter = response.headers.get('retry-after');
      return readWorkerRefusal({ status: response.status, retryAfter, body: answer, documentIndices: [] });
    }
    const parsed = adapterValidationResponseSchema.safeParse(answer);
    if (parsed.success) return { kind: 'valid', response: parsed.data };
    return shardFailure('unreachable', 'the answer is not one of a validation');
  } catch (error) {
    return shardFailure('unreachable', String(error));
  }
}
