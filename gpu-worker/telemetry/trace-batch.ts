import type { StageSpan, StageTimeline } from '#gpu-worker/telemetry/stage-timeline.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

/** A task of a batch. */
export interface TracedTask {
  /** The span of its call; undefined where nobody traces it. */
  readonly trace: TraceSpan | undefined;
  /** Unix milliseconds. */
  readonly queuedAtMs: number;
  /** undefined where the task failed. */
  readonly timeline: StageTimeline | undefined;
}

/** What a thread did at once, for one or several calls. Times are unix milliseconds. */
export interface TracedBatch {
  readonly thread: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly tasks: readonly TracedTask[];
  /** What ended the whole batch, where something did. */
  readonly error?: string;
}

/**
 * Gives each traced call of a batch its spans: how long its tasks waited, and the batch, linked to the other calls that shared it, with a span for each
 * stage, from its first task's to its last one's, and for each run. A span per task would make hundreds.
 */
export function traceBatch(batch: TracedBatch): void {
  const calls = [...Map.groupBy(batch.tasks, ({ trace }) => trace)].flatMap(([trace, tasks]) =>
    trace?.isRecording ? [{ trace, tasks }] : [],
  );
  const spans = calls.map(({ trace }) => trace);
  for (const { trace, tasks } of calls) {
    const others = spans.filter((other) => other !== trace);
    traceCall(trace, tasks, others, batch);
  }
}

function traceCall(
  trace: TraceSpan,
  tasks: readonly TracedTask[],
  others: readonly TraceSpan[],
  { thread, startedAtMs, endedAtMs, tasks: allTasks, error }: TracedBatch,
): void {
  const queuedAtMs = Math.min(...tasks.map((task) => task.queuedAtMs));
  trace.start('queue', { startedAtMs: queuedAtMs, attributes: { 'hintrank.tasks': tasks.length } }).end({
    endedAtMs: startedAtMs,
  });
  const timelines = tasks.flatMap(({ timeline }) => (timeline === undefined ? [] : [timeline]));
  const span = trace.start('batch', {
    startedAtMs,
    links: others,
    attributes: {
      'hintrank.thread': thread,
      'hintrank.tasks': tasks.length,
      'hintrank.tasks_failed': tasks.length - timelines.length,
      'hintrank.batch_tasks': allTasks.length,
    },
  });
  const [first] = timelines;
  if (first !== undefined) {
    const stages = timelines.flatMap((timeline) => timeline.spans);
    for (const stage of ['tokenize', 'prefix', 'hints'] as const) {
      traceStage(span, stages, stage, first.clockStartMs);
    }
    traceRuns(span, stages, first.clockStartMs);
  }
  span.end({ endedAtMs, ...(error === undefined ? {} : { error }) });
}

/** One span over all of the call's tasks; between them the thread may have worked for other calls, so it says how long it was busy. */
function traceStage(
  batch: TraceSpan,
  all: readonly StageSpan[],
  stage: StageSpan['stage'],
  clockStartMs: number,
): void {
  const spans = all.filter((span) => span.stage === stage);
  if (spans.length === 0) return;
  const busyMs = spans.reduce((sum, { startedAtMs, endedAtMs }) => sum + endedAtMs - startedAtMs, 0);
  const startedAtMs = clockStartMs + Math.min(...spans.map((span) => span.startedAtMs));
  const attributes = { 'hintrank.busy_ms': Math.round(busyMs * 1_000) / 1_000, 'hintrank.times': spans.length };
  const endedAtMs = clockStartMs + Math.max(...spans.map((span) => span.endedAtMs));
  batch.start(stage, { startedAtMs, attributes }).end({ endedAtMs });
}

/** One span for each run that has a sequence of the call; each of its sequences has told of the run. */
function traceRuns(batch: TraceSpan, all: readonly StageSpan[], clockStartMs: number): void {
  const runs = Map.groupBy(
    all.filter(({ run }) => run !== undefined),
    ({ startedAtMs }) => startedAtMs,
  );
  for (const [startedAtMs, told] of runs) {
    const [{ run, endedAtMs } = { run: undefined, endedAtMs: startedAtMs }] = told;
    const attributes = {
      'hintrank.rows': run?.rows,
      'hintrank.sequences': run?.sequences,
      'hintrank.own_sequences': told.length,
    };
    const span = batch.start('suffix run', { startedAtMs: clockStartMs + startedAtMs, attributes });
    span.end({ endedAtMs: clockStartMs + endedAtMs });
  }
}
