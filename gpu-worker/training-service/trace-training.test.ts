import { expect, it } from 'vitest';
import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';
import { TrainingTrace } from '#gpu-worker/training-service/trace-training.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';
import { traceToReceiver } from '#test/support/trace-to-receiver.ts';

const startedAtMs = 1_700_000_000_000;

/** Spans of a training that reports an event each second and ends a second after the last one: name, first and last second, attributes. */
async function trace(events: readonly TrainingEvent[], error?: string) {
  let nowMs = startedAtMs;
  const { tracing, finish } = await traceToReceiver(() => nowMs);
  const job = tracing.startRequest('training job', undefined, {});
  const training = new TrainingTrace(job, () => nowMs);
  for (const event of events) {
    nowMs += 1_000;
    training.add(event);
  }
  nowMs += 1_000;
  training.end(error);
  const spans = await finish();
  const second = (ns: bigint) => Number(ns / 1_000_000n - BigInt(startedAtMs)) / 1_000;
  return spans.map(({ name, startNs, endNs, attributes, parentSpanId, failed }) => {
    expect(parentSpanId).toBeDefined();
    const said = Object.entries(attributes).map(([key, value]) => `${key.replace('hintrank.', '')}=${value}`);
    return [name, `${second(startNs)}-${second(endNs)}`, ...said, ...(failed ? ['failed'] : [])].join(' ');
  });
}

const step = (number: number): TrainingEvent => ({ kind: 'step', step: number, steps: 9, loss: 1, tokens: 10 });
const look: TrainingEvent = { kind: 'look' };
const dev = (number: number, best: boolean): TrainingEvent => ({ kind: 'dev', step: number, metric: 0.5, best });
const checkpoint: TrainingEvent = { kind: 'checkpoint', step: 2 };

it('a whole training is one part after the other, without a gap', async () => {
  const events = [
    look,
    { kind: 'dev-progress', fraction: 1 },
    { kind: 'base', metric: 0.25 },
    look,
    dev(0, true),
    step(1),
    step(2),
    look,
    dev(2, false),
    checkpoint,
    { kind: 'stopped-early', step: 2 },
  ] as const;
  expect(await trace(events)).toEqual([
    'prepare 0-1',
    'evaluate 1-3 of=base model metric=0.25',
    // The next look begins when it is told, a moment after the one before.
    'evaluate 3-5 of=adapter step=0 metric=0.5 best=true',
    'train 5-8 steps=2 tokens=20',
    'evaluate 8-9 of=adapter step=2 metric=0.5 best=false',
    'checkpoint 9-10 step=2',
    'judge 10-12',
  ]);
});

it('one that goes on from a checkpoint says from which step, and tells no look that was not', async () => {
  const events = [{ kind: 'resumed', step: 2, tokens: 20 }, { kind: 'base', metric: 0.25 }, step(3)] as const;
  expect(await trace(events, 'stopped')).toEqual([
    'prepare 0-1 step=2',
    'train 1-4 steps=1 tokens=10 error.type=stopped failed',
  ]);
});

it('one that is stopped ends with its checkpoint, one that fails with the part that it failed in', async () => {
  expect(
    await trace([look, { kind: 'base', metric: 0.25 }, look, dev(0, true), step(1), checkpoint], 'stopped'),
  ).toEqual([
    'prepare 0-1',
    expect.stringMatching(/^evaluate/),
    expect.stringMatching(/^evaluate/),
    'train 4-6 steps=1 tokens=10',
    'checkpoint 6-6 step=2',
  ]);
  expect(await trace([], 'invalid_dataset')).toEqual(['prepare 0-1 error.type=invalid_dataset failed']);
});

it('nothing is kept, nor asked of the clock, where the job is not traced', () => {
  let asked = 0;
  const training = new TrainingTrace(unrecordedSpan(undefined), () => {
    asked += 1;
    return 0;
  });
  const before = asked;
  for (const event of [look, dev(0, true), step(1), checkpoint]) training.add(event);
  training.end();
  expect(asked).toBe(before);
});
