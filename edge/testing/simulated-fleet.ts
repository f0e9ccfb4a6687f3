import type { WorkerCall } from '#edge/gpu-workers/call-gpu-worker.ts';
import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { FleetHealth } from '#edge/gpu-workers/fleet-health.ts';
import { type ShardFailure, type ShardOutcome, shardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import type { LogEntry } from '#edge/log.ts';
import { SimulatedTime } from '#edge/testing/simulated-time.ts';

/** What a worker does with a call: answers after so many milliseconds, never answers, or fails at once. */
export type Behaviour = number | 'hangs' | ShardFailure;

export interface SeenCall {
  readonly target: string;
  readonly atMs: number;
  readonly documents: readonly string[];
  readonly deadlineAtMs: number;
  /** How it ended for the caller; undefined while it is out. */
  ending: 'scored' | 'failed' | 'cancelled' | undefined;
}

export const lostConnection = shardFailure('unreachable', 'Network connection lost.');

/** Workers in simulated time. `behave` is asked for each call; a document scores what its text says between brackets, else -2. */
export function simulateFleet(behave: (call: WorkerCall, calls: readonly SeenCall[]) => Behaviour) {
  const time = new SimulatedTime();
  const calls: SeenCall[] = [];
  const logs: LogEntry[] = [];
  const health = new FleetHealth(time.now);
  let out = 0;
  const seen = { outMax: 0 };

  const callWorker = async (call: WorkerCall): Promise<ShardOutcome> => {
    const { documents, deadline_at_ms } = call.request;
    const record: SeenCall = {
      target: call.target.id,
      atMs: time.nowMs,
      documents,
      deadlineAtMs: deadline_at_ms,
      ending: undefined,
    };
    const behaviour = behave(call, calls);
    calls.push(record);
    out += 1;
    seen.outMax = Math.max(seen.outMax, out);
    const outcome = await new Promise<ShardOutcome>((resolve) => {
      const cancel = () => resolve(shardFailure('cancelled', 'nobody waits for the answer'));
      if (call.signal.aborted) cancel();
      call.signal.addEventListener('abort', cancel);
      if (typeof behaviour === 'object') resolve(behaviour);
      if (typeof behaviour === 'number') time.at(behaviour, () => resolve(score(documents)));
      time.at(call.timeoutMs, () => resolve(shardFailure('timed-out', `no answer within ${call.timeoutMs} ms`)));
    });
    out -= 1;
    record.ending = outcome.kind === 'scored' ? 'scored' : outcome.reason === 'cancelled' ? 'cancelled' : 'failed';
    return outcome;
  };
  const { now, sleep, timeoutSignal } = time;
  const log = (entry: LogEntry) => void logs.push(entry);
  const ports: FanOutPorts = { callWorker, now, sleep, timeoutSignal, health, log };
  return { ports, time, calls, logs, health, seen };
}

function score(documents: readonly string[]): ShardOutcome {
  const scores = documents.map((document) => ({
    mean_log_likelihood: Number(/\[(-?[\d.]+)\]/.exec(document)?.[1] ?? -2),
    document_tokens: 1,
    truncated: false,
  }));
  const response = { model: 'm', template: 't', query_tokens: 1, compute_ms: 1, scoring_fingerprint: 'f', scores };
  return { kind: 'scored', response };
}
