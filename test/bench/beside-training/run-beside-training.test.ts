import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { renderBesideTraining } from '#test/bench/beside-training/render-beside-training.ts';
import { runBesideTraining } from '#test/bench/beside-training/run-beside-training.ts';
import { summariseBesideTraining } from '#test/bench/beside-training/summarise-beside-training.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-beside-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('measures a real worker with and without a training beside it, and the training keeps its share', async () => {
  const result = await runBesideTraining({
    modelPath: writeTinyTextModel(join(folder, 'model')),
    cacheFolder: join(folder, 'cache'),
    threads: 1,
    shares: [0.2],
    documentsPerRequest: 2,
    callers: 2,
    seconds: 2,
    rounds: 1,
    maxTokensPerDoc: 40,
    onProgress: () => undefined,
  });
  const phases = result.phases.map(({ load, beside }) => [load, beside]);
  expect(phases).toEqual([
    ['half', false],
    ['half', true],
    ['full', false],
    ['full', true],
  ]);
  for (const { beside, latencies, trainingTook } of result.phases) {
    expect(latencies.length).toBeGreaterThan(0);
    if (!beside) expect(trainingTook, 'a training that is stopped takes nothing').toBeLessThan(0.02);
  }
  const summaries = summariseBesideTraining(result);
  expect(summaries.map(({ kept }) => kept)).toEqual([true, true]);
  const half = summaries[0];
  expect(half?.trainingTook).toBeGreaterThan(0);
  // A run of this model takes a hundredth of a second: what is over the share would have been a training that does not rest.
  expect(half?.trainingTook).toBeLessThan(0.3);
  const { markdown, plots } = renderBesideTraining(result, describeMachine());
  expect(markdown).toContain('| 20.0 % | half (');
  expect(plots[0]?.svg).toContain('<svg');
});
