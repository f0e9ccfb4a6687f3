import type { Logger } from 'pino';
import { type EdgeCalls, EdgeRefusedError, LeaseLostError } from '#gpu-worker/training-service/edge/edge-calls.ts';
import type { Heartbeats } from '#gpu-worker/training-service/edge/heartbeats.ts';
import type { ProgressTally } from '#gpu-worker/training-service/edge/progress-tally.ts';
import { type JobObjects, ObjectGoneError } from '#gpu-worker/training-service/objects/job-objects.ts';
import type { TrainingProcessJob } from '#gpu-worker/training-service/process/training-process-messages.ts';
import { type Pauses, retryWhileWanted } from '#gpu-worker/training-service/retry-while-wanted.ts';
import type { TrainingLease } from '#shared/protocol/training-work.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

/** What a worker takes jobs with. */
export interface JobTools {
  readonly calls: EdgeCalls;
  readonly objects: JobObjects;
  readonly pauses: Pauses;
  /** What of a training is the worker's: model, threads, share of the processor, disk. */
  readonly training: Pick<
    TrainingProcessJob,
    'model' | 'calibrationPath' | 'cacheFolder' | 'threads' | 'share' | 'prefixBytesMax'
  >;
  /** Folder of the jobs' folders. */
  readonly jobsFolder: string;
  /** Milliseconds in which a job is handed back when the worker is to end. */
  readonly releaseMs: number;
  readonly observer: TrainingObserver;
  readonly logger: Logger;
  readonly now: () => number;
  /** undefined where nothing is traced. */
  readonly tracing: Tracing | undefined;
}

/** Told of what metrics count. */
export interface TrainingObserver {
  readonly jobTaken: () => void;
  readonly stepDone: (tokens: number) => void;
  readonly processorUsed: (seconds: number) => void;
  readonly jobEnded: (end: string) => void;
}

/** A job while this worker has it. */
export interface HeldJob {
  readonly lease: TrainingLease;
  readonly folder: string;
  readonly tally: ProgressTally;
  readonly beats: Heartbeats;
  /** Fires when nobody wants the job's work any more: cancelled, lost, given up, or done. */
  readonly over: AbortSignal;
  /** Fires when the worker is to end. */
  readonly shutdown: AbortSignal;
  readonly logger: Logger;
  /** Its span. */
  readonly trace: TraceSpan;
}

/** Does what store or edge may fail at for a while, again and again while the job is held; `what` is for the log. */
export function keepTrying<Result>(
  { over, logger }: Pick<HeldJob, 'over' | 'logger'>,
  pauses: Pauses,
  what: string,
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal = over,
): Promise<Result> {
  return retryWhileWanted(work, {
    pauses,
    signal,
    isPassing: (error) =>
      !(error instanceof ObjectGoneError || error instanceof LeaseLostError || error instanceof EdgeRefusedError),
    onRetry: (err) => logger.warn({ err, what }, 'tried again'),
  });
}
