import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hardwareProfileSchema } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderPlanBenchmark } from '#test/bench/plan/render-plan-benchmark.ts';
import { runPlanBenchmark } from '#test/bench/plan/run-plan-benchmark.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-plan-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('calibrates a real worker, sends it three loads, and reports them beside the prediction', async () => {
  const result = await runPlanBenchmark({
    modelPath: writeTinyTextModel(join(folder, 'model')),
    cacheFolder: join(folder, 'cache'),
    threads: 1,
    seconds: 0.2,
    loads: [0.2, 0.4, 0.6],
    hitRate: 0.5,
    keptDocuments: 30,
    rounds: 1,
    calibrationSeconds: 0.2,
    onProgress: () => undefined,
  });
  expect(hardwareProfileSchema.parse(result.hardware)).toEqual(result.hardware);
  expect(result.hardware.threads).toBe(1);
  // Two layers of one K/V head of 16 numbers in fp32 or fp16: keys and values.
  expect(result.hardware.model.keyValueBytesPerToken).toBeGreaterThan(0);
  expect(result.documentsPerSecond).toBeGreaterThan(0);
  expect(result.measuredPerSecond).toBeGreaterThan(0);
  expect(result.workload.documentTokens).toHaveLength(30);
  expect(result.loads.map(({ share }) => share)).toEqual([0.2, 0.4, 0.6]);
  for (const { predicted, measured, longRun, requests } of result.loads) {
    expect(requests).toBeGreaterThan(0);
    for (const { p50Ms, p99Ms } of [predicted, measured, longRun]) {
      expect(p50Ms).toBeGreaterThan(0);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    }
  }
  const { markdown } = renderPlanBenchmark(result, describeMachine());
  expect(markdown).toMatch(/\| 20 % \| \d+ \([\d.]+\) \|/);
  expect(markdown).toMatch(/(holds|does not hold)\.\n$/);
});
