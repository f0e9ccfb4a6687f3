import { type AdapterManagement, createAdapterManagement } from '#edge/adapters/adapter-management.ts';
import { createAdapterStore } from '#edge/adapters/adapter-store.ts';
import type { AdapterStore } from '#edge/adapters/adapter-version.ts';
import { rememberLookups } from '#edge/adapters/remember-lookups.ts';
import { createApiKeyFinder } from '#edge/api-keys/find-api-key.ts';
import type { KeyIssuer } from '#edge/api-keys/issue-key.ts';
import type { FindApiKey, ForgetApiKey } from '#edge/api-keys/key-lookup.ts';
import { createKeyStore, type KeyStore } from '#edge/api-keys/key-store.ts';
import { createKeyRowMover } from '#edge/api-keys/move-key-row.ts';
import { createKeyRowsReader } from '#edge/api-keys/read-key-rows.ts';
import { type EdgeBindings, type EdgeEnvironment, parseEnvironment } from '#edge/environment.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import { type Log, log } from '#edge/log.ts';
import { createPlaygroundFetch, type FetchPlayground } from '#edge/playground-page/fetch-playground.ts';
import { collectLimiters } from '#edge/request-limits/collect-limiters.ts';
import { createRequestLimits, type RequestLimits } from '#edge/request-limits/request-limits.ts';
import { createScoringState, type ScoringState } from '#edge/rerank/scoring-state.ts';
import { createCacheApiTier, runtimeCaches } from '#edge/score-cache/cache-api-tier.ts';
import { createEdgeTracing } from '#edge/telemetry/create-edge-tracing.ts';
import type { MetricsDataset } from '#edge/telemetry/request-data-point.ts';
import { createTraining, type Training } from '#edge/training/create-training.ts';
import { UsageLedger } from '#edge/usage/usage-ledger.ts';
import { createUsageStore, type UsageStore } from '#edge/usage/usage-store.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';

/** Everything that touches the world, so that tests can pass their own. */
export interface Dependencies {
  readonly environment: EdgeEnvironment;
  readonly findApiKey: FindApiKey;
  readonly forgetApiKey: ForgetApiKey;
  readonly keys: KeyStore;
  readonly keyIssuer: KeyIssuer;
  readonly requestLimits: RequestLimits;
  readonly usageStore: UsageStore;
  readonly usageLedger: UsageLedger;
  readonly adapters: AdapterStore;
  readonly adapterManagement: AdapterManagement;
  readonly training: Training;
  readonly workerCalls: WorkerCallPorts;
  readonly scoring: ScoringState;
  /** The playground's page; undefined where the edge runs without assets. */
  readonly fetchPlayground: FetchPlayground | undefined;
  /** Unix milliseconds. In the Workers runtime time stands still between I/O. */
  readonly now: () => number;
  readonly log: Log;
  /** undefined where no metrics are kept. */
  readonly metrics: MetricsDataset | undefined;
  /** undefined where nothing is traced. */
  readonly tracing: Tracing | undefined;
}

/** Milliseconds for which usage is collected before it is written: under load one write a second and isolate. */
const usagePauseMs = 1_000;

/** Builds the real ones; called once per isolate. Throws an Error that lists every problem of the configuration. */
export function createDependencies(bindings: EdgeBindings): Dependencies {
  const environment = parseEnvironment(bindings);
  const now = () => Date.now();
  const timeoutSignal = (milliseconds: number) => AbortSignal.timeout(milliseconds);
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const { apiKeyPeppers: peppers } = environment;
  const readKeyRows = createKeyRowsReader(bindings.DB);
  const moveKeyRow = createKeyRowMover(bindings.DB);
  const finder = createApiKeyFinder({ peppers, readKeyRows, moveKeyRow, now, timeoutSignal, log });
  const workerCalls: WorkerCallPorts = {
    fetch: (url, init) => fetch(url, init),
    now,
    timeoutSignal,
    sleep,
    signingKey: environment.signingKey,
    log,
  };
  const usageStore = createUsageStore(bindings.DB);
  const adapters = rememberLookups(createAdapterStore(bindings.DB, environment.baseModel), now);
  const newId = (prefix: string) => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;
  const adapterManagement = createAdapterManagement({
    database: bindings.DB,
    environment,
    workerCalls,
    fetch: (request) => fetch(request),
    newId: () => newId('up'),
  });
  return {
    environment,
    findApiKey: finder.find,
    forgetApiKey: finder.forget,
    keys: createKeyStore(bindings.DB),
    keyIssuer: { pepper: peppers.current, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    requestLimits: createRequestLimits({
      limiters: collectLimiters(bindings),
      defaultLimit: environment.requestsPerMinuteDefault,
      log,
    }),
    usageStore,
    usageLedger: new UsageLedger({ store: usageStore, now, pause: () => sleep(usagePauseMs), log }),
    adapters,
    adapterManagement,
    training: createTraining({
      database: bindings.DB,
      baseModel: environment.baseModel,
      limits: environment.training,
      queue: bindings.TRAINING_QUEUE,
      adapterManagement,
      adapters,
      now,
      sleep,
      newId,
      log,
    }),
    workerCalls,
    scoring: createScoringState({ environment, sharedTier: createCacheApiTier(runtimeCaches()), now, log }),
    fetchPlayground: createPlaygroundFetch(bindings.ASSETS),
    now,
    log,
    metrics: bindings.EDGE_METRICS,
    tracing: createEdgeTracing(environment.tracing, {
      send: (url, init) => fetch(url, init),
      ...{ now, timeoutSignal, log },
    }),
  };
}
