import { env } from 'cloudflare:workers';
import { createAdapterManagement } from '#edge/adapters/adapter-management.ts';
import { createAdapterStore } from '#edge/adapters/adapter-store.ts';
import { createApiKeyFinder } from '#edge/api-keys/find-api-key.ts';
import { createKeyStore } from '#edge/api-keys/key-store.ts';
import { createKeyRowMover } from '#edge/api-keys/move-key-row.ts';
import { createKeyRowsReader } from '#edge/api-keys/read-key-rows.ts';
import { createApp } from '#edge/app.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import type { EdgeEnvironment } from '#edge/environment.ts';
import type { LogEntry } from '#edge/log.ts';
import { collectLimiters } from '#edge/request-limits/collect-limiters.ts';
import { createRequestLimits } from '#edge/request-limits/request-limits.ts';
import { createScoringState } from '#edge/rerank/scoring-state.ts';
import type { SharedTier } from '#edge/score-cache/score-cache.ts';
import { requestLogDefaults } from '#edge/telemetry/request-log-settings.ts';
import { checkFakeAdapter } from '#edge/testing/fake-adapter-check.ts';
import { createFakeGpuWorkers, type Fault } from '#edge/testing/fake-gpu-worker.ts';
import { FakeObjectStore, testObjectStore } from '#edge/testing/fake-object-store.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { MemoryQueue } from '#edge/testing/memory-queue.ts';
import { testPepper, testSigningKey } from '#edge/testing/test-secrets.ts';
import { createTraining } from '#edge/training/create-training.ts';
import { trainingDefaults } from '#edge/training/training-environment.ts';
import { UsageLedger } from '#edge/usage/usage-ledger.ts';
import { createUsageStore } from '#edge/usage/usage-store.ts';

export interface TestAppOptions {
  readonly workers?: readonly string[];
  readonly fault?: Fault;
  readonly clock?: ManualClock;
  /** A database other than the real one with the migrations applied: one that is down. */
  readonly database?: D1Database;
  readonly dependencies?: Partial<Dependencies>;
  readonly environment?: Partial<EdgeEnvironment>;
  /** Beside the isolate's memory for scores; default: none. */
  readonly sharedTier?: SharedTier;
  /** The store of adapter files; default: an empty one. */
  readonly objects?: FakeObjectStore;
  /** Default: one that holds messages until the test delivers them. */
  readonly queue?: MemoryQueue;
  /** What workers answer to a call that checks an adapter; default: what the fake's bytes deserve. */
  readonly checkAdapter?: (body: string) => Promise<Response>;
}

export type TestApp = ReturnType<typeof createTestApp>;

/** The app over the real D1 simulator, fake GPU workers and a clock that stands still. */
export function createTestApp(options: TestAppOptions = {}) {
  const clock = options.clock ?? new ManualClock();
  const objects = options.objects ?? new FakeObjectStore();
  const checkAdapter = options.checkAdapter ?? ((body: string) => checkFakeAdapter(objects, body));
  const { fetch, calls } = createFakeGpuWorkers(clock.now, options.fault, checkAdapter);
  const logs: LogEntry[] = [];
  const log = (entry: LogEntry) => void logs.push(entry);
  const database = options.database ?? env.DB;
  const { now } = clock;
  const workers = options.workers ?? ['http://worker-a'];
  const environment: EdgeEnvironment = {
    workerTargets: workers.map((url) => ({ id: url, url, region: 'unnamed' })),
    gpuWorkerUrls: workers,
    baseModel: 'smollm2-135m-instruct',
    modelAliases: new Map(),
    scoreCacheBytesMax: 1_000_000,
    scoreCacheTtlSeconds: 60,
    signingKey: testSigningKey,
    signingKeys: [testSigningKey],
    apiKeyPeppers: { current: testPepper, others: [] },
    requestsPerMinuteDefault: 0,
    objectStore: testObjectStore,
    corsOrigins: [],
    training: trainingDefaults,
    tracing: undefined,
    requestLog: requestLogDefaults,
    ...options.environment,
  };
  const { timeoutSignal } = clock;
  const { apiKeyPeppers: peppers } = environment;
  const readKeyRows = createKeyRowsReader(database);
  const moveKeyRow = createKeyRowMover(database);
  const finder = createApiKeyFinder({ peppers, readKeyRows, moveKeyRow, now, timeoutSignal, log });
  const usageStore = createUsageStore(database);
  const workerCalls = { fetch, now, timeoutSignal, sleep: clock.sleep, signingKey: testSigningKey, log };
  const newId = (prefix: string) => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;
  const adapters = createAdapterStore(database, 'smollm2-135m-instruct');
  const adapterManagement = createAdapterManagement({
    database,
    environment,
    workerCalls,
    fetch: objects.fetch,
    newId: () => newId('up'),
  });
  const queue = options.queue ?? new MemoryQueue();
  const dependencies: Dependencies = {
    environment,
    findApiKey: finder.find,
    forgetApiKey: finder.forget,
    keys: createKeyStore(database),
    keyIssuer: { pepper: peppers.current, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    requestLimits: createRequestLimits({ limiters: collectLimiters(env), defaultLimit: 0, log }),
    usageStore,
    usageLedger: new UsageLedger({ store: usageStore, now, pause: () => Promise.resolve(), log }),
    adapters,
    adapterManagement,
    training: createTraining({
      database,
      baseModel: environment.baseModel,
      limits: environment.training,
      queue,
      adapterManagement,
      adapters,
      now,
      sleep: clock.sleep,
      newId,
      log,
    }),
    workerCalls,
    scoring: createScoringState({ environment, sharedTier: options.sharedTier, now, log }),
    fetchPlayground: undefined,
    now,
    log,
    metrics: undefined,
    tracing: undefined,
    ...options.dependencies,
  };
  const app = createApp({ createDependencies: () => dependencies, log });
  return { app, calls, logs, clock, objects, queue, dependencies };
}
