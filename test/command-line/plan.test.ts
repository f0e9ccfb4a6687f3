import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ten milliseconds a document on one thread, whatever its length. */
const hardware = { ...idleHardware, milliseconds: { ...idleHardware.milliseconds, prefixRun: 10 } };
const profile = join(folder, 'own.json');
writeFileSync(profile, JSON.stringify(hardware));

it('says workers, latencies, memory and cost for a load', async () => {
  const load = ['--documents-per-second', '120', '--documents-per-request', '1', '--hardware', profile];
  const { stdout, stderr, exitCode } = await runHintrank(['plan', ...load, '--adapters', '2']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toBe(
    [
      'Hardware  idle: tiny, fp32, 1 thread a worker',
      'Load      120 documents/s: 120 requests/s of 1 documents',
      '          documents of 150 tokens, 0 % of them kept; queries of 12 tokens, 0 % with an adapter',
      'Workers   2 for the load, 3 with 1 spare',
      'Capacity  100 documents/s a worker',
      ...stdout.split('\n').slice(5, 10),
      'Memory    0.21 GB a worker beside kept prefixes, of 1.00',
      '          0.25 GB a worker keep 1370 documents of 0.2 MB (GPU_WORKER_PREFIX_CACHE_BYTES=250000000; at most 688000000)',
      'Cost      6.94 per million documents, at 1 an hour a worker',
      '',
    ].join('\n'),
  );
  expect(stdout).toMatch(/^ +60 % +120 +1\d +\d+ +\d+ {2}as asked$/m);
});

it('gives the same as JSON, with the hardware as it was computed with', async () => {
  const load = ['--requests-per-second', '30', '--documents-per-request', '2', '--hardware', profile];
  const { stdout, exitCode } = await runHintrank([
    'plan',
    ...load,
    '--workers',
    '4',
    '--price-per-hour',
    '2',
    '--json',
  ]);
  expect(exitCode).toBe(0);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({
    workers: 4,
    spare_workers: 1,
    workload: { requests_per_second: 30, documents_per_request: [2] },
    hardware: { ...hardware, pricePerHour: 2 },
  });
  expect(plan.cost_per_million_documents).toBeCloseTo((5 * 2 * 1e6) / (60 * 3_600), 9);
  expect(plan.load.share).toBeCloseTo(0.15, 2);
  expect(plan.other_loads.map(({ share }: { share: number }) => share)).toEqual([0.5, 0.7, 0.9]);
  expect(plan.load.p50_ms).toBeGreaterThanOrEqual(10);
});

it('says in one sentence what is wrong with a profile', async () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, JSON.stringify({ ...hardware, threads: 0 }));
  const { stderr, exitCode } = await runHintrank(['plan', '--requests-per-second', '1', '--hardware', broken]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(`hintrank: Hardware profile ${broken}: threads: Too small: expected number to be >=1.\n`);
});
