import type { StageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import type { BatchReply } from '#gpu-worker/scoring/threads/thread-messages.ts';

/** Where a task's time went: waiting, and on its thread. */
export interface TaskTiming extends Readonly<Omit<StageTimes, 'timeline'>> {
  readonly queueMs: number;
}

/** Told of what the engine does, as it is done; for metrics. */
export interface EngineObserver {
  readonly taskDone?: (scores: readonly PairScore[], timing: TaskTiming) => void;
  readonly batchDone?: (thread: number, batch: Pick<BatchReply, 'runs' | 'prefixes'>) => void;
}
