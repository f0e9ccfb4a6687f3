import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

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
      '          0.25 GB a worker keep 1363 documents of 0.2 MB (GPU_WORKER_PREFIX_CACHE_BYTES=250000000; at most 688000000)',
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
  expect(stderr).toBe(`hintrank: Hardware profile ${broken}: threads is 0: Too small: expected number to be >=1.\n`);
});

it('calibrates a running worker, and plans with what it wrote', async () => {
  const key = Buffer.alloc(32, 7).toString('base64url');
  const worker = await startGpuWorker({
    name: 'the worker',
    settings: {
      GPU_WORKER_PORT: '0',
      GPU_WORKER_MODEL: writeTinyTextModel(join(folder, 'model')),
      GPU_WORKER_CACHE_FOLDER: join(folder, 'cache'),
      GPU_WORKER_THREADS: '1',
      GPU_WORKER_LOG_LEVEL: 'warn',
      WORKER_SIGNING_KEY: key,
      BASE_MODEL: 'tiny',
    },
    logFile: join(folder, 'worker.log'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  try {
    await worker.ready;
    const measured = join(folder, 'measured.json');
    const words = [
      'plan',
      'calibrate',
      '--worker',
      worker.url,
      '--rounds',
      '1',
      '--seconds',
      '1',
      '--name',
      'tiny-box',
    ];
    const calibrate = (more: readonly string[], signingKey: string) =>
      runHintrank([...words, ...more], '', { WORKER_SIGNING_KEY: signingKey });
    const short = await calibrate([], 'c2hvcnQ');
    expect(short).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('WORKER_SIGNING_KEY: signing key 1 of 1 has 5 bytes; at least 32'),
    });
    const unknown = await calibrate([], key);
    expect(unknown.stderr).toContain('The worker\'s model is "tiny", of which no size is known: say --parameters N.');
    const refused = await calibrate(['--parameters', '1000'], Buffer.alloc(32, 8).toString('base64url'));
    expect(refused.stderr).toContain(`The worker at ${worker.url} answered GET /info with 401`);
    const written = await calibrate(['--parameters', '1000', '--memory-gb', '2', '--output', measured], key);
    expect(written.exitCode).toBe(0);
    const load = ['--documents-per-second', '1', '--hardware', measured, '--json'];
    const plan = JSON.parse((await runHintrank(['plan', ...load])).stdout);
    expect(plan.hardware).toMatchObject({ name: 'tiny-box', threads: 1, memory: { machine: 2e9 } });
    expect(plan.documents_per_second_of_worker).toBeGreaterThan(1);
  } finally {
    await worker.stop(10_000);
  }
});
