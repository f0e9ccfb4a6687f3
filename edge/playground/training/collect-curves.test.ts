import { expect, it } from 'vitest';
import { collectCurves } from '#edge/playground/training/collect-curves.ts';
import type { TrainingEventData } from '#shared/protocol/training-events.ts';

const progress = (step: number, loss: number | null): TrainingEventData => ({
  kind: 'progress',
  step,
  steps: 100,
  loss,
  tokens: 0,
  seconds_left: null,
});

it('draws losses and dev looks against the base model', () => {
  const curves = collectCurves([
    { kind: 'state', state: 'running', message: null },
    { kind: 'base', metric: 0.6 },
    progress(0, null),
    progress(10, 1.5),
    { kind: 'dev', step: 10, metric: 0.7, best: true },
  ]);
  expect(curves).toEqual({ loss: [{ step: 10, value: 1.5 }], dev: [{ step: 10, value: 0.7 }], base: 0.6, steps: 100 });
});

it('forgets what a crash made the worker do again', () => {
  const { loss, dev } = collectCurves([
    progress(10, 3),
    progress(20, 2),
    { kind: 'dev', step: 20, metric: 0.1, best: true },
    { kind: 'resumed', step: 10 },
    progress(20, 1),
  ]);
  expect(loss).toEqual([
    { step: 10, value: 3 },
    { step: 20, value: 1 },
  ]);
  expect(dev).toEqual([]);
});
