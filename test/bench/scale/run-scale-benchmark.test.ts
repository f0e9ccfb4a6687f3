import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import { renderScaleBenchmark } from '#test/bench/scale/render-scale-benchmark.ts';
import { runScaleBenchmark } from '#test/bench/scale/run-scale-benchmark.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-scale-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('measures documents, lengths and adapters, cold and warm, and writes tables and plots', async () => {
  const modelPath = writeTinyTextModel(join(folder, 'model'));
  const result = await runScaleBenchmark({
    engine: { modelPath, cacheFolder: join(folder, 'cache'), precision: 'int8', threads: 1, prefixCacheBytes: 3e7 },
    ...{
      documents: [2, 4],
      lengths: [20, 100],
      chunkTokens: 64,
      adapters: [1, 2],
      adapterDocuments: 4,
      repetitions: 2,
    },
    onProgress: () => undefined,
  });
  expect(result.series.map(({ name, points }) => [name, ...points.map(({ x }) => x)])).toEqual([
    ['documents', 2, 4],
    ['tokens', 20, 100],
    ['tokens-in-chunks', 20, 100],
    ['adapters', 1, 2],
  ]);
  for (const { cold, warm } of result.series.flatMap(({ points }) => points)) {
    expect([cold, warm].map(({ length }) => length)).toEqual([2, 2]);
    expect(Math.min(...cold, ...warm)).toBeGreaterThan(0);
  }
  const output = join(folder, 'report');
  const text = await writeBenchmarkReport(renderScaleBenchmark(result, describeMachine()), { output, json: false });
  expect(text).toMatch(/^cold -?\d+ ms \+ -?[\d.]+ ms × documents \(R² -?[\d.]+\); warm/m);
  for (const file of [
    'scale.json',
    'scale.md',
    'scale-documents.svg',
    'scale-tokens.svg',
    'scale-tokens-in-chunks.svg',
    'scale-adapters.svg',
  ])
    expect(existsSync(join(output, file))).toBe(true);
});
