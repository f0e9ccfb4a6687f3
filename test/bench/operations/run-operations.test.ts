import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderOperations } from '#test/bench/operations/render-operations.ts';
import { runOperations } from '#test/bench/operations/run-operations.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-operations-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Eight starts of workers, one after the other, and six versions of the edge: minutes, where the machine has others to serve. */
const timeoutMs = 400_000;

it(
  'no request fails while the signing key and the pepper are rotated, the database migrated, and workers are rolled out and restarted',
  async () => {
    const result = await runOperations({
      workerSettings: {
        GPU_WORKER_MODEL: writeTinyTextModel(join(folder, 'model')),
        GPU_WORKER_CACHE_FOLDER: join(folder, 'cache'),
        GPU_WORKER_DEVICE: 'cpu',
        GPU_WORKER_THREADS: '1',
        GPU_WORKER_PREFIX_CACHE_BYTES: '10000000',
      },
      ...{ workers: 2, callers: 20, seconds: 1, documents: ['a zebra', 'a lion', 'a piano', 'an ape'] },
      query: (index) => `what is number ${index}?`,
      onProgress: () => undefined,
    });
    expect(result.failures).toEqual([]);
    expect(result.phases.map(({ name, failed }) => [name, failed])).toEqual(
      [
        ...['undisturbed', 'key 1: workers old,new', 'key 2: edge new,old', 'key 3: workers new', 'key 4: edge new'],
        ...['pepper 1: edge old,new', 'pepper 2: edge new,old', 'pepper 3: edge new'],
        ...['migration', 'roll-out of workers', 'workers restarted in place', 'afterwards'],
      ].map((name) => [name, 0]),
    );
    for (const { requests } of result.phases) expect(requests).toBeGreaterThanOrEqual(20);
    const { markdown } = renderOperations(result, describeMachine());
    expect(markdown).toContain(`0 of ${result.requests} requests failed`);
    expect(markdown).toMatch(/\| workers restarted in place \| [\d.]+ \| \d+ \| 0 \|/);
  },
  timeoutMs,
);
