import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderSoak } from '#test/bench/soak/render-soak.ts';
import { runSoak } from '#test/bench/soak/run-soak.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-soak-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('loses, doubles and changes no answer, whatever comes together, and keeps within its bounds', async () => {
  const result = await runSoak({
    seed: 1,
    engine: {
      modelPath: writeTinyTextModel(join(folder, 'model')),
      cacheFolder: join(folder, 'cache'),
      precision: 'int8',
      threads: 2,
      // Room for a few documents, and for fewer than the callers would like to have waiting.
      prefixCacheBytes: 2_000_000,
      queueLengthMax: 60,
    },
    ...{ adapters: 5, adaptersLoaded: 3, callers: 12, documentsMax: 12, patienceMs: 60, sampleEvery: 4 },
    goesOn: (sent) => sent < 100,
    pauseMs: 5,
    drainMs: 60_000,
    sampleMs: 10,
    onProgress: () => undefined,
  });
  expect(result.faults).toEqual([]);
  expect(Object.values(result.outcomes).reduce((sum, count) => sum + count, 0)).toBe(100);
  expect(result.outcomes['scored']).toBeGreaterThan(30);
  expect(result.compared).toBeGreaterThan(5);
  expect(result.adapterEvictions).toBeGreaterThan(0);
  expect(renderSoak(result, describeMachine()).markdown).toContain('Nothing was lost, doubled or changed');
});
