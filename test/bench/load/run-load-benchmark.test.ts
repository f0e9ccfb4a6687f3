import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderLoadBenchmark } from '#test/bench/load/render-load-benchmark.ts';
import { runLoadBenchmark } from '#test/bench/load/run-load-benchmark.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-load-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('measures a real worker under load, and reports it', async () => {
  const result = await runLoadBenchmark({
    modelPath: writeTinyTextModel(join(folder, 'model')),
    cacheFolder: join(folder, 'cache'),
    threads: 1,
    prefixCacheBytes: 1_000_000,
    concurrencies: [1, 3],
    documentsPerRequest: 2,
    requestsPerCaller: 2,
    seconds: 0.3,
    callers: 3,
    documentsMax: 4,
    sampleSeconds: 0.02,
    largeDocuments: 20,
    repetitions: 2,
    onProgress: () => undefined,
  });
  expect(result.throughput.map(({ concurrency, prefixes, requests }) => [concurrency, prefixes, requests])).toEqual([
    [1, 'cold', 2],
    [1, 'warm', 2],
    [3, 'cold', 6],
    [3, 'warm', 6],
  ]);
  for (const { documentsPerSecond } of result.throughput) expect(documentsPerSecond).toBeGreaterThan(0);
  expect(result.smallBehindLarge.smallMs).toHaveLength(2);
  expect(result.fullLoad.documents).toBeGreaterThan(0);
  expect(result.fullLoad.lag.maxMs).toBeGreaterThanOrEqual(result.fullLoad.lag.p50Ms);
  expect(result.fullLoad.memory[0]?.residentBytes).toBeGreaterThan(30_000_000);
  const { markdown, plots } = renderLoadBenchmark(result, describeMachine());
  expect(markdown).toContain('| 3 at a time (6) | warm |');
  expect(markdown).toContain('| one document behind 20, median of 2 |');
  expect(plots[0]?.svg).toContain('<svg');
});
