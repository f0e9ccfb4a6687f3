import { readWorkerRefusal } from '#edge/gpu-workers/read-worker-refusal.ts';
import { type ShardOutcome, shardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { type ScoreRequest, scoreResponseSchema } from '#shared/protocol/score.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

export interface WorkerCall {
  readonly target: WorkerTarget;
  readonly request: ScoreRequest;
  /** Positions of the request's documents in the caller's request. */
  readonly documentIndices: readonly number[];
  /** Milliseconds after which the attempt is given up. */
  readonly timeoutMs: number;
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** The trace's headers. */
  readonly traceContext?: TraceContext | undefined;
}

/** What a gateway hashes to choose the worker. It is not signed: another worker gives the same scores, only later. */
const shardHeader = 'x-hintrank-shard';

/** One signed `POST /v1/score`. Never throws for what a network or a worker can do; the outcome says it. */
export async function callGpuWorker(ports: WorkerCallPorts, call: WorkerCall): Promise<ShardOutcome> {
  const url = new URL(`${call.target.url}/v1/score`);
  const body = JSON.stringify(call.request);
  const bytes = new TextEncoder().encode(body);
  const token = await signCall({
    key: ports.signingKey,
    method: 'POST',
    path: url.pathname,
    body: bytes,
    nowMs: ports.now(),
  });
  const timeout = ports.timeoutSignal(call.timeoutMs);
  try {
    const response = await ports.fetch(url.href, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-request-id': call.requestId,
        ...(call.target.shard === undefined ? {} : { [shardHeader]: call.target.shard }),
        ...call.traceContext,
      },
      body,
      signal: AbortSignal.any([call.signal, timeout]),
      redirect: 'manual',
    });
    return readAnswer(response.status, response.headers.get('retry-after'), await response.text(), call);
  } catch (error) {
    if (call.signal.aborted) return shardFailure('cancelled', 'nobody waits for the answer');
    if (timeout.aborted) return shardFailure('timed-out', `no answer within ${call.timeoutMs} ms`);
    return shardFailure('unreachable', String(error));
  }
}

function readAnswer(status: number, retryAfter: string | null, text: string, call: WorkerCall): ShardOutcome {
  const body = parseJson(text);
  if (status !== 200) return readWorkerRefusal({ status, retryAfter, body, documentIndices: call.documentIndices });
  const parsed = scoreResponseSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return shardFailure(
      'unreachable',
      `the answer is not a score response: ${issue?.path.join('.')} ${issue?.message}`,
    );
  }
  const { length } = parsed.data.scores;
  if (length !== call.request.documents.length) {
    return shardFailure(
      'unreachable',
      `the answer has ${length} scores for ${call.request.documents.length} documents`,
    );
  }
  return { kind: 'scored', response: parsed.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
