import type { z } from 'zod';
import {
  type Finish,
  type FinishAnswer,
  finishAnswerSchema,
  type Heartbeat,
  type HeartbeatAnswer,
  heartbeatAnswerSchema,
  leaseSchema,
  type TrainingLease,
  trainingRoutes,
} from '#shared/protocol/training-work.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

/** The worker's calls to the edge. They throw LeaseLostError, EdgeRefusedError, or what the network threw; all but the first two may be tried again. */
export interface EdgeCalls {
  /** null: there is nothing to do. */
  lease(): Promise<TrainingLease | null>;
  heartbeat(jobId: string, heartbeat: Heartbeat): Promise<HeartbeatAnswer>;
  /** `trace`: what the edge's part in it belongs to. */
  finish(jobId: string, finish: Finish, trace?: TraceContext): Promise<FinishAnswer>;
}

/** The job has another holder, has ended, or was deleted: nobody wants what this worker has. */
export class LeaseLostError extends Error {
  constructor(jobId: string) {
    super(`the lease of job ${jobId} is lost`);
    this.name = 'LeaseLostError';
  }
}

/** The edge answered, and the same call will get the same answer. */
export class EdgeRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EdgeRefusedError';
  }
}

export interface EdgeCallsOptions {
  /** Base URL of the edge. */
  readonly edgeUrl: string;
  readonly signingKey: Uint8Array;
  /** Names this process in the edge's logs. */
  readonly workerId: string;
  /** Id of the base model that jobs are taken for. */
  readonly model: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Milliseconds for one call; a job's last one, in which the edge has the adapter checked, gets longer. */
  readonly timeoutMs: number;
  readonly finishTimeoutMs: number;
}

interface CallOptions {
  readonly timeoutMs?: number;
  readonly trace?: TraceContext | undefined;
}

export function createEdgeCalls(options: EdgeCallsOptions): EdgeCalls {
  const call = async (path: string, body: unknown, jobId: string | null, { timeoutMs, trace }: CallOptions = {}) => {
    const url = new URL(path, options.edgeUrl);
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const signed = { method: 'POST', path: url.pathname, body: bytes, nowMs: options.now(), audience: 'edge' as const };
    const token = await signCall({ key: options.signingKey, ...signed });
    const response = await options.fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...trace },
      body: bytes,
      signal: AbortSignal.timeout(timeoutMs ?? options.timeoutMs),
    });
    if (response.ok) return response;
    const text = (await response.text()).slice(0, 500);
    if (jobId !== null && (response.status === 409 || response.status === 404)) throw new LeaseLostError(jobId);
    const message = `the edge answered ${response.status} to ${path}: ${text}`;
    throw isPassing(response.status) ? new Error(message) : new EdgeRefusedError(message);
  };
  const { workerId, model } = options;
  return {
    async lease() {
      const response = await call(trainingRoutes.leases, { worker_id: workerId, model }, null);
      return response.status === 204 ? null : parse(response, leaseSchema);
    },
    heartbeat: async (jobId, body) =>
      parse(await call(trainingRoutes.heartbeat(jobId), body, jobId), heartbeatAnswerSchema),
    finish: async (jobId, body, trace) => {
      const { finishTimeoutMs: timeoutMs } = options;
      return parse(await call(trainingRoutes.finish(jobId), body, jobId, { timeoutMs, trace }), finishAnswerSchema);
    },
  };
}

function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

async function parse<Value>(response: Response, schema: z.ZodType<Value>): Promise<Value> {
  return schema.parse(await response.json());
}
