import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Finish,
  finishSchema,
  heartbeatSchema,
  leaseRequestSchema,
  type TrainingLease,
  trainingRoutes,
} from '#shared/protocol/training-work.ts';
import { verifyCall } from '#shared/signed-calls/verify-call.ts';
import { startLoopbackServer } from '#test/support/loopback-server.ts';

export type JobToScript = Pick<TrainingLease, 'job_id' | 'settings' | 'dataset'>;

/** One job's side of the edge, for the moments that a real one cannot be brought to: parses and verifies every call, holds leases apart by number. */
export interface ScriptedTrainingEdge {
  readonly url: string;
  /** Whether the edge answers at all. */
  reachable: boolean;
  /** Whether the owner has cancelled the job. */
  cancelled: boolean;
  /** The newest checkpoint that a holder has named. */
  readonly checkpoint: () => TrainingLease['checkpoint'];
  /** The last words of holders that were heard, with the number of their lease. */
  readonly finishes: readonly Finish[];
  /** Progress and news of all heartbeats. */
  readonly steps: readonly number[];
  readonly news: readonly unknown[];
  /** Calls that came with an old lease. */
  readonly refused: () => number;
  readonly leases: () => number;
  /** Puts the job back into the queue, as the end of a lease does. */
  expire(): void;
  stop(): Promise<void>;
}

const heartbeatSeconds = 0.2;

export async function startScriptedTrainingEdge(
  signingKey: Uint8Array,
  job: JobToScript,
): Promise<ScriptedTrainingEdge> {
  let [lease, refused, waiting] = [0, 0, true];
  let checkpoint: TrainingLease['checkpoint'] = null;
  const finishes: Finish[] = [];
  const steps: number[] = [];
  const news: unknown[] = [];
  const state = { reachable: true, cancelled: false };

  const answerTo = (path: string, body: unknown): readonly [number, unknown] => {
    if (path === trainingRoutes.leases) {
      leaseRequestSchema.parse(body);
      if (!waiting) return [204, null];
      waiting = false;
      lease += 1;
      return [200, leaseOf(job, lease, checkpoint)];
    }
    if (path === trainingRoutes.heartbeat(job.job_id)) {
      const beat = heartbeatSchema.parse(body);
      if (beat.lease !== lease || waiting || finishes.some((finish) => finish.lease === lease)) return lost();
      checkpoint = beat.checkpoint ?? checkpoint;
      if (beat.progress !== null) steps.push(beat.progress.step);
      news.push(...beat.news);
      return [200, { continue: !state.cancelled }];
    }
    const finish = finishSchema.parse(body);
    if (finish.lease !== lease || waiting) return lost();
    finishes.push(finish);
    waiting = finish.outcome === 'released';
    return [200, { state: finish.outcome === 'released' ? 'queued' : finish.outcome, adapter_version: null }];
  };
  const lost = () => {
    refused += 1;
    return [409, { error: { code: 'lease_lost' } }] as const;
  };

  const server = await startLoopbackServer((request, response) => {
    if (!state.reachable) return void request.destroy();
    void answer(request, response).catch((error: unknown) => void response.writeHead(400).end(String(error)));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray());
    const path = request.url ?? '';
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    const call = {
      token,
      keys: [signingKey],
      method: 'POST',
      path,
      body,
      nowMs: Date.now(),
      audience: 'edge' as const,
    };
    if (!(await verifyCall(call)).ok) return response.writeHead(401).end();
    const [status, content] = answerTo(path, JSON.parse(body.toString()));
    return response.writeHead(status).end(content === null ? undefined : JSON.stringify(content));
  };
  return Object.assign(state, {
    url: server.url,
    checkpoint: () => checkpoint,
    finishes,
    steps,
    news,
    refused: () => refused,
    leases: () => lease,
    expire: () => {
      waiting = true;
    },
    stop: () => server.close(),
  });
}

function leaseOf(job: JobToScript, lease: number, checkpoint: TrainingLease['checkpoint']): TrainingLease {
  return {
    ...job,
    lease,
    attempt: 1,
    attempts_max: 3,
    heartbeat_seconds: heartbeatSeconds,
    model: 'tiny',
    adapter_name: 'animals',
    publish: 'always',
    checkpoint_prefix: `training/${job.job_id}/checkpoints/`,
    checkpoint,
    adapter_object_key: `uploads/${job.job_id}-${lease}`,
    report_object_key: `training/${job.job_id}/reports/${lease}.json`,
  };
}
