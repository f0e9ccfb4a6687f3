import { createAdapterStore } from '#edge/adapters/adapter-store.ts';
import type { AdapterStore } from '#edge/adapters/adapter-version.ts';
import { createApiKeyFinder } from '#edge/api-keys/find-api-key.ts';
import type { FindApiKey } from '#edge/api-keys/key-lookup.ts';
import { createKeyRowReader } from '#edge/api-keys/read-key-row.ts';
import { type EdgeBindings, type EdgeEnvironment, parseEnvironment } from '#edge/environment.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import { type Log, log } from '#edge/log.ts';
import { createScoringState, type ScoringState } from '#edge/rerank/scoring-state.ts';
import { createCacheApiTier } from '#edge/score-cache/cache-api-tier.ts';

/** Everything that touches the world, so that tests can pass their own. */
export interface Dependencies {
  readonly environment: EdgeEnvironment;
  readonly findApiKey: FindApiKey;
  readonly adapters: AdapterStore;
  readonly workerCalls: WorkerCallPorts;
  readonly scoring: ScoringState;
  /** Unix milliseconds. In the Workers runtime time stands still between I/O. */
  readonly now: () => number;
  readonly log: Log;
}

/** Builds the real ones; called once per isolate. Throws an Error that lists every problem of the configuration. */
export function createDependencies(bindings: EdgeBindings): Dependencies {
  const environment = parseEnvironment(bindings);
  const now = () => Date.now();
  return {
    environment,
    findApiKey: createApiKeyFinder({
      pepper: environment.apiKeyPepper,
      readKeyRow: createKeyRowReader(bindings.DB),
      now,
      log,
    }),
    adapters: createAdapterStore(bindings.DB, environment.baseModel),
    workerCalls: {
      fetch: (url, init) => fetch(url, init),
      now,
      timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      signingKey: environment.signingKey,
      log,
    },
    scoring: createScoringState({ environment, sharedTier: createCacheApiTier(caches), now, log }),
    now,
    log,
  };
}
