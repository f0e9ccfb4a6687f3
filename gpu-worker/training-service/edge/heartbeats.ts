import { setTimeout as delay } from 'node:timers/promises';
import { type EdgeCalls, LeaseLostError } from '#gpu-worker/training-service/edge/edge-calls.ts';
import type { Tidings } from '#gpu-worker/training-service/edge/progress-tally.ts';
import type { Heartbeat } from '#shared/protocol/training-work.ts';

/** Why a job goes on no more. */
export type Verdict =
  /** By its owner. */
  | 'cancelled'
  /** Another worker has it, or nobody wants it. */
  | 'lost'
  /** The edge was not to be had for too long. */
  | 'unreachable';

export interface HeartbeatOptions {
  readonly calls: Pick<EdgeCalls, 'heartbeat'>;
  readonly jobId: string;
  readonly lease: number;
  readonly everyMs: number;
  /** Milliseconds without an answer after which the job is given up. */
  readonly patienceMs: number;
  readonly take: () => Tidings;
  readonly onVerdict: (verdict: Verdict) => void;
  readonly onFailedCall: (error: unknown) => void;
  readonly nowMs: () => number;
}

export interface Heartbeats {
  /** Sends what there is now instead of at the next time, once more if a call is under way. Resolves when the edge has it, or the beats have ended. */
  now(): Promise<void>;
  /** No call is under way, and none follows, when it resolves. */
  stop(): Promise<void>;
}

/** After a call without an answer the next comes sooner, so that an edge that is back learns of the job before it gives it to another. */
const hurriedShare = 0.25;

/** Says that the job is alive, at least every `everyMs`, until a verdict or `stop`. What got no answer is sent again as it was, before anything new. */
export function startHeartbeats(options: HeartbeatOptions): Heartbeats {
  const { calls, jobId, lease, everyMs, onVerdict, nowMs } = options;
  let beat = 0;
  let unanswered: Heartbeat | null = null;
  let answeredAtMs = nowMs();
  let stopped = false;
  let wake = new AbortController();
  let wanted: (() => void)[] = [];

  /** The verdict, or null: go on. */
  const send = async (): Promise<Verdict | null> => {
    if (unanswered === null) {
      beat += 1;
      unanswered = { lease, beat, ...options.take() };
    }
    try {
      const answer = await calls.heartbeat(jobId, unanswered);
      unanswered = null;
      answeredAtMs = nowMs();
      return answer.continue ? null : 'cancelled';
    } catch (error) {
      if (error instanceof LeaseLostError) return 'lost';
      options.onFailedCall(error);
      return nowMs() - answeredAtMs > options.patienceMs ? 'unreachable' : null;
    }
  };

  const settle = (waiting: readonly (() => void)[]) => {
    for (const resolve of waiting) resolve();
  };

  const run = async () => {
    while (!stopped) {
      const waiting = wanted;
      wanted = [];
      const verdict = await send();
      if (verdict !== null) {
        stopped = true;
        onVerdict(verdict);
      }
      if (unanswered === null || stopped) settle(waiting);
      else wanted.unshift(...waiting);
      if (stopped || (wanted.length > 0 && unanswered === null)) continue;
      wake = new AbortController();
      const pause = unanswered === null ? everyMs : everyMs * hurriedShare;
      await delay(pause, undefined, { signal: wake.signal }).catch(() => undefined);
    }
    settle(wanted);
  };
  const running = run();

  return {
    async now() {
      if (stopped) return;
      const told = new Promise<void>((resolve) => wanted.push(resolve));
      wake.abort();
      await told;
    },
    async stop() {
      stopped = true;
      wake.abort();
      await running;
    },
  };
}
