import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderMemoryBenchmark } from '#test/bench/memory/render-memory-benchmark.ts';
import { runMemoryBenchmark } from '#test/bench/memory/run-memory-benchmark.ts';
import { writeLargeCheckpoint } from '#test/bench/memory/write-large-checkpoint.ts';
import { randomConfig } from '#test/support/random-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('converts and serves a sharded bfloat16 folder, and counts what each part takes', async () => {
  const modelPath = join(folder, 'model');
  const written = writeLargeCheckpoint(modelPath, { ...randomConfig, vocab_size: 512 }, 20_000);
  expect(written.shards).toBeGreaterThan(2);
  const model = openModel(modelPath);
  expect(model.source.readRows('model.norm.weight')[0]).toBeCloseTo(1, 0);
  const [first, second] = [0, 1].map((layer) => model.source.readRows(`model.layers.${layer}.mlp.up_proj.weight`));
  expect(first).not.toEqual(second);
  model.close();
  const result = await runMemoryBenchmark({
    modelPath,
    cacheFolder: join(folder, 'cache'),
    precision: 'int8',
    threads: [1],
    onProgress: () => {},
  });
  expect(result.modelBytes).toBeGreaterThan(written.bytes);
  // All but the embedding and the norms.
  expect(result.int8Bytes).toBeLessThan(written.parameters);
  expect(result.int8Bytes).toBeGreaterThan(written.parameters / 2);
  const steps = result.parts.flatMap((part) => part.steps);
  expect(steps.map(({ name }) => name)).toEqual([
    ...['convert', 'prefix, weights of its own', 'suffix, weights of its own'],
    ...['prefix, shared weights', 'suffix, shared weights'],
    ...['another prefix, shared weights', 'another suffix, shared weights'],
    ...['fill', 'replace', 'start', 'score'],
  ]);
  for (const { peakResident, after } of steps) expect(peakResident).toBeGreaterThanOrEqual(after.anonymous);
  // The cache is full after the first round: 64 tokens, 2 layers, 1 head of 16, key and value in float16, and an overhead each.
  const [filled, replaced] = ['fill', 'replace'].map((name) => steps.find((step) => step.name === name)?.countedBytes);
  expect(filled).toBeGreaterThan(10 * 64 * 2 * 2 * 16 * 2);
  expect(replaced).toBe(filled);
  expect(renderMemoryBenchmark(result, describeMachine())).toContain('| sessions | another suffix, shared weights |');
}, 120_000);
