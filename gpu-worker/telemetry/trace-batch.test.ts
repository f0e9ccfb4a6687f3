import { expect, it } from 'vitest';
import type { StageTimeline } from '#gpu-worker/telemetry/stage-timeline.ts';
import { type TracedBatch, traceBatch } from '#gpu-worker/telemetry/trace-batch.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';
import type { ReceivedSpan } from '#test/support/start-trace-receiver.ts';
import { traceToReceiver } from '#test/support/trace-to-receiver.ts';

const atMs = 1_700_000_000_000;
const run = { rows: 60, sequences: 3 };

/** A task that is tokenised, has its prefix computed and shares a run, beginning so many milliseconds into the batch. */
function timeline(fromMs: number): StageTimeline {
  return {
    clockStartMs: atMs,
    spans: [
      { stage: 'tokenize', startedAtMs: fromMs, endedAtMs: fromMs + 1 },
      { stage: 'prefix', startedAtMs: fromMs + 1, endedAtMs: fromMs + 5.5 },
      { stage: 'suffix', startedAtMs: 40, endedAtMs: 45, run },
    ],
  };
}

/** What the collector gets of two calls, `mine` and `other`, and one that nobody traces. */
async function trace(batch: (calls: readonly TracedBatch['tasks'][number]['trace'][]) => Partial<TracedBatch>) {
  const { tracing, finish } = await traceToReceiver(() => atMs);
  const calls = ['mine', 'other'].map((name) => tracing.startRequest(name, undefined, {}));
  traceBatch({ thread: 1, startedAtMs: atMs, endedAtMs: atMs + 50, tasks: [], ...batch(calls) });
  for (const call of calls) call.end();
  const spans = await finish();
  const find = (name: string, parent?: ReceivedSpan) =>
    spans.filter((span) => span.name === name && (parent === undefined || span.parentSpanId === parent.spanId));
  const [mine, other] = [find('mine')[0], find('other')[0]];
  if (mine === undefined || other === undefined) throw new Error('a call is missing');
  return { spans, mine, other, find };
}

const ms = (time: bigint | undefined) => Number((time ?? 0n) / 1_000n) / 1_000 - atMs;

it('shows each call its own tasks of the batch, the runs that they shared, and whom with', async () => {
  const { mine, other, find } = await trace(([first, second]) => ({
    tasks: [
      { trace: first, queuedAtMs: atMs - 30, timeline: timeline(0) },
      { trace: second, queuedAtMs: atMs - 1, timeline: timeline(10) },
      { trace: first, queuedAtMs: atMs - 20, timeline: timeline(20) },
    ],
  }));
  const [queue] = find('queue', mine);
  const [batch] = find('batch', mine);
  expect([ms(queue?.startNs), ms(queue?.endNs), queue?.attributes]).toEqual([-30, 0, { 'hintrank.tasks': 2 }]);
  expect([ms(batch?.startNs), ms(batch?.endNs), batch?.links]).toEqual([0, 50, [other.spanId]]);
  expect(batch?.attributes).toEqual({
    'hintrank.thread': 1,
    'hintrank.tasks': 2,
    'hintrank.tasks_failed': 0,
    'hintrank.batch_tasks': 3,
  });
  const [prefix] = find('prefix', batch);
  expect([ms(prefix?.startNs), ms(prefix?.endNs), prefix?.attributes]).toEqual([
    1,
    25.5,
    { 'hintrank.busy_ms': 9, 'hintrank.times': 2 },
  ]);
  expect(find('hints', batch)).toEqual([]);
  const runs = find('suffix run', batch);
  expect(runs.map(({ startNs, endNs, attributes }) => [ms(startNs), ms(endNs), attributes])).toEqual([
    [40, 45, { 'hintrank.rows': 60, 'hintrank.sequences': 3, 'hintrank.own_sequences': 2 }],
  ]);
  expect(find('batch', other)[0]?.links).toEqual([mine.spanId]);
});

it('shows nobody a call that is not traced, and links none to it', async () => {
  const { spans, mine, find } = await trace(([first]) => ({
    tasks: [
      { trace: undefined, queuedAtMs: atMs, timeline: undefined },
      { trace: unrecordedSpan(undefined), queuedAtMs: atMs, timeline: undefined },
      { trace: first, queuedAtMs: atMs, timeline: timeline(0) },
    ],
  }));
  expect(find('batch', mine)[0]?.links).toEqual([]);
  expect(find('batch', mine)[0]?.attributes['hintrank.batch_tasks']).toBe(3);
  expect(spans.filter(({ name }) => name === 'batch')).toHaveLength(1);
});

it('says which tasks failed, and what ended a batch', async () => {
  const { mine, find } = await trace(([first]) => ({
    tasks: [{ trace: first, queuedAtMs: atMs, timeline: undefined }],
    error: 'ThreadLostError',
  }));
  const [batch] = find('batch', mine);
  expect(batch?.failed).toBe(true);
  expect(batch?.attributes).toMatchObject({ 'hintrank.tasks_failed': 1, 'error.type': 'ThreadLostError' });
  expect(find('suffix run')).toEqual([]);
});
