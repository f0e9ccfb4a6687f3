import type { WorkerCall } from '#edge/gpu-workers/call-gpu-worker.ts';
import type { FleetHealth } from '#edge/gpu-workers/fleet-health.ts';
import type { ShardOutcome } from '#edge/gpu-workers/shard-outcome.ts';
import type { Log } from '#edge/log.ts';
import type { CountCall } from '#edge/telemetry/request-measures.ts';

/** What the fan-out needs of the world. */
export interface FanOutPorts {
  /** One call to one worker; never rejects. */
  readonly callWorker: (call: WorkerCall) => Promise<ShardOutcome>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A signal that aborts after so many milliseconds. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly health: FleetHealth;
  readonly log: Log;
  /** Told of each call that goes out or fails; absent: nobody counts. */
  readonly countCall?: CountCall;
}
