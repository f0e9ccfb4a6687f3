import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { readLoadTexts } from '#test/bench/load/load-texts.ts';
import { type FullLoadResult, measureFullLoad } from '#test/bench/load/measure-full-load.ts';
import { measureSmallBehindLarge, type SmallBehindLarge } from '#test/bench/load/measure-small-behind-large.ts';
import { measureThroughput, type ThroughputPoint } from '#test/bench/load/measure-throughput.ts';
import { createWorkerClient } from '#test/bench/load/worker-client.ts';

export interface LoadBenchmarkOptions {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly threads: number;
  /** Bytes of kept prefixes: little enough that they are full early, so that memory has no other reason to grow. */
  readonly prefixCacheBytes: number;
  readonly concurrencies: readonly number[];
  readonly documentsPerRequest: number;
  readonly requestsPerCaller: number;
  /** Of the full load. */
  readonly seconds: number;
  readonly callers: number;
  readonly documentsMax: number;
  readonly sampleSeconds: number;
  readonly largeDocuments: number;
  readonly repetitions: number;
  readonly onProgress: (sentence: string) => void;
}

export interface LoadBenchmarkResult {
  readonly threads: number;
  readonly prefixCacheBytes: number;
  readonly documentsPerRequest: number;
  readonly throughput: readonly ThroughputPoint[];
  readonly smallBehindLarge: SmallBehindLarge;
  readonly fullLoad: FullLoadResult;
}

const model = 'benchmarked';

/** One real worker process on loopback, under load from this one, which has little else to do: signing, sending, waiting. */
export async function runLoadBenchmark(options: LoadBenchmarkOptions): Promise<LoadBenchmarkResult> {
  const { onProgress, threads, prefixCacheBytes, documentsPerRequest, requestsPerCaller } = options;
  const key = randomBytes(32);
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-load-'));
  onProgress('starting the worker (its first start converts the weights)');
  const worker = await startGpuWorker({
    name: 'the worker',
    settings: {
      GPU_WORKER_PORT: '0',
      GPU_WORKER_MODEL: options.modelPath,
      GPU_WORKER_CACHE_FOLDER: options.cacheFolder,
      GPU_WORKER_THREADS: String(threads),
      GPU_WORKER_PREFIX_CACHE_BYTES: String(prefixCacheBytes),
      GPU_WORKER_LOG_LEVEL: 'warn',
      WORKER_SIGNING_KEY: key.toString('base64url'),
      BASE_MODEL: model,
    },
    logFile: join(folder, 'worker.log'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const client = createWorkerClient(worker.url, key, model);
  try {
    await worker.ready;
    const texts = await readLoadTexts();
    // Pages, allocators and lazy kernels are in place before the clock counts.
    await client.score({ tenant: 'first', query: texts.query(0), documents: texts.unseen(2 * threads) });
    const throughput: ThroughputPoint[] = [];
    for (const concurrency of options.concurrencies) {
      onProgress(`${concurrency} concurrent requests`);
      const counts = { concurrency, documentsPerRequest, requestsPerCaller };
      throughput.push(...(await measureThroughput({ client, texts, ...counts })));
    }
    const { largeDocuments, repetitions, seconds, callers, documentsMax, sampleSeconds } = options;
    onProgress(`one document behind ${largeDocuments}`);
    const smallBehindLarge = await measureSmallBehindLarge({ client, texts, largeDocuments, repetitions });
    onProgress(`full load for ${seconds} s`);
    const fullLoad = await measureFullLoad({ client, texts, seconds, callers, documentsMax, sampleSeconds });
    return { threads, prefixCacheBytes, documentsPerRequest, throughput, smallBehindLarge, fullLoad };
  } finally {
    client.close();
    await worker.stop(10_000);
    await rm(folder, { recursive: true, force: true });
  }
}
