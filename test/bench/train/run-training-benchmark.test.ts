import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderTrainingBenchmark, shapeTrainingBenchmark } from '#test/bench/train/render-training-benchmark.ts';
import { runTrainingBenchmark } from '#test/bench/train/run-training-benchmark.ts';
import { summariseTrainingSide } from '#test/bench/train/summarise-training-side.ts';
import type { StepMeasurement } from '#test/bench/train/training-side.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('measures the steps that it is asked for, and leaves no prefixes behind', async () => {
  const cacheFolder = join(folder, 'cache');
  const result = await runTrainingBenchmark({
    modelPath: writeTinyTextModel(join(folder, 'model')),
    cacheFolder,
    threads: 1,
    methods: ['attend'],
    rounds: 2,
    python: null,
    onProgress: () => {},
  });
  expect(result).toMatchObject({ rounds: 2, queriesPerStep: 5, sequencesPerStep: 20 });
  expect(result.sides.map(({ method, steps }) => [method, steps.length])).toEqual([['attend', 2]]);
  for (const { steps, prefixTokens, suffixTokens } of result.sides) {
    expect(Math.min(prefixTokens, suffixTokens)).toBeGreaterThan(20);
    // Every step has trained: other sequences, another loss.
    expect(new Set(steps.map(({ loss }) => loss)).size).toBe(2);
    for (const { times, peakBytes } of steps) {
      expect(Math.min(times.hints, times.forward, times.optimiser, peakBytes)).toBeGreaterThan(0);
    }
  }
  expect(existsSync(join(cacheFolder, 'prefixes'))).toBe(false);
  const markdown = renderTrainingBenchmark(result, describeMachine());
  expect(markdown).toContain('| hintrank, attend |');
  expect(markdown).toContain('one pass over 320 queries (64 steps)');
  expect(shapeTrainingBenchmark(result, describeMachine())).toMatchObject({
    ratios: [],
    sides: [{ method: 'attend' }],
  });
});

it('sums up by medians: a step with kept prefixes is all but the prefixes', () => {
  const step = (prefix: number, forward: number): StepMeasurement => ({
    times: { prefix, hints: 1, forward, backward: 20, optimiser: 2 },
    loss: 0,
    peakBytes: prefix,
  });
  const steps = [step(100, 10), step(300, 12), step(200, 90)];
  const summary = summariseTrainingSide({
    ...{ name: 'one', engine: 'hintrank', method: 'retrieve', description: '', meanDifference: null },
    ...{ steps, prefixTokens: 1_000, suffixTokens: 700 },
  });
  expect(summary).toMatchObject({ keptStep: 35, keptStepRange: { low: 33, high: 113 }, newStep: 313, peakBytes: 300 });
  expect(summary.tokensPerSecond).toBeCloseTo(20_000, 6);
});
