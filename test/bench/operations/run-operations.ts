import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type LoadSummary, summariseLoad } from '#test/bench/edge/summarise-load.ts';
import { expectOnlyNewKey } from '#test/bench/operations/expect-only-new-key.ts';
import { type Rotation, rotatingSecrets } from '#test/bench/operations/rotating-secrets.ts';
import { type EdgeVersions, startEdgeVersions } from '#test/bench/operations/start-edge-versions.ts';
import { type CallRecord, SteadyCallers } from '#test/bench/operations/steady-callers.ts';
import { untilKeysHaveMoved } from '#test/bench/operations/until-keys-have-moved.ts';
import { WorkerFleet } from '#test/bench/operations/worker-fleet.ts';
import { createEdgeFolder } from '#test/support/start-edge.ts';

export interface OperationsOptions {
  /** Settings of every worker: model, threads, cache folder. */
  readonly workerSettings: Readonly<Record<string, string>>;
  readonly workers: number;
  readonly callers: number;
  /** Seconds of load at least; more where the work takes longer. */
  readonly seconds: number;
  readonly documents: readonly string[];
  readonly query: (index: number) => string;
  readonly onProgress: (sentence: string) => void;
}

export interface OperationsPhase extends LoadSummary {
  readonly name: string;
  readonly seconds: number;
}

export interface OperationsResult {
  readonly workers: number;
  readonly callers: number;
  readonly documents: number;
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  readonly phases: readonly OperationsPhase[];
  /** The first failures, each with its phase. */
  readonly failures: readonly string[];
}

interface Step {
  readonly name: string;
  readonly work: () => Promise<void>;
  /** Share of all seconds that the step takes at least. */
  readonly share: number;
}

const baseModel = 'smollm2-135m-instruct';
const failuresShownMax = 10;
const pollMs = 20;

/**
 * Rotates the signing key and the pepper of API keys, migrates the database and replaces and restarts workers under steady load. Every step ends once it is done and each caller has been
 * answered in it. Throws where a step did not do what it is for; failed requests are in the result.
 */
export async function runOperations(options: OperationsOptions): Promise<OperationsResult> {
  const folder = await createEdgeFolder();
  const newSecret = () => randomBytes(32).toString('base64url');
  const rotation = {
    signingKeys: { old: folder.secrets.worker_signing_key, new: newSecret() },
    peppers: { old: folder.secrets.api_key_pepper, new: newSecret() },
  };
  options.onProgress(`starting ${options.workers} workers`);
  const settings = { BASE_MODEL: baseModel, ...options.workerSettings };
  const fleet = await WorkerFleet.start({
    size: options.workers,
    folder: folder.path,
    settings,
    signingKeys: rotation.signingKeys.old,
  });
  let edge: EdgeVersions | undefined;
  try {
    const versions = rotatingSecrets(rotation);
    options.onProgress(`starting ${Object.keys(versions).length} versions of the edge`);
    edge = await startEdgeVersions(folder, versions, { GPU_WORKER_URLS: fleet.urls.join(','), BASE_MODEL: baseModel });
    await edge.switchTo('EDGE_1');
    return await underLoad(options, edge, planSteps(fleet, edge, rotation));
  } finally {
    await edge?.stop();
    await fleet.stop();
    await rm(folder.path, { recursive: true, force: true });
  }
}

function planSteps(fleet: WorkerFleet, edge: EdgeVersions, { signingKeys, peppers }: Rotation): Step[] {
  const step = (name: string, work: () => Promise<void>, share = 0.02): Step => ({ name, work, share });
  return [
    step('undisturbed', async () => undefined, 0.15),
    step('key 1: workers old,new', () => fleet.rollOut(`${signingKeys.old},${signingKeys.new}`)),
    step('key 2: edge new,old', () => edge.switchTo('EDGE_2')),
    step('key 3: workers new', () => fleet.rollOut(signingKeys.new)),
    step('key 4: edge new', async () => {
      await edge.switchTo('EDGE_3');
      await expectOnlyNewKey(fleet.urls, { oldKey: signingKeys.old, newKey: signingKeys.new });
    }),
    step('pepper 1: edge old,new', () => edge.switchTo('EDGE_4')),
    step('pepper 2: edge new,old', async () => {
      await edge.switchTo('EDGE_5');
      await untilKeysHaveMoved(edge, peppers.new);
    }),
    step('pepper 3: edge new', () => edge.switchTo('EDGE_6')),
    step('migration', () => migrate(edge)),
    step('roll-out of workers', () => fleet.rollOut()),
    step('workers restarted in place', () => fleet.restartInPlace()),
    step('afterwards', async () => undefined, 0.1),
  ];
}

/** A table, a column and an index on what serves, as migrations of ours are: they only add. */
async function migrate(edge: EdgeVersions): Promise<void> {
  await edge.runSql('CREATE TABLE operation_notes (id text PRIMARY KEY NOT NULL, note text)');
  await edge.runSql('ALTER TABLE api_keys ADD note text');
  await edge.runSql('CREATE INDEX api_keys_note ON api_keys (note)');
  const columns = await edge.runSql("SELECT name FROM pragma_table_info('api_keys') WHERE name = 'note'");
  if (columns.length !== 1) throw new Error('the migration did not add its column');
}

async function underLoad(
  options: OperationsOptions,
  { url, apiKey }: EdgeVersions,
  steps: readonly Step[],
): Promise<OperationsResult> {
  const { callers, documents, query, seconds, onProgress, workers } = options;
  const startedAt = performance.now();
  const since = (from: number) => (performance.now() - from) / 1_000;
  const load = new SteadyCallers({ url, apiKey, callers, documents, query }, steps[0]?.name ?? '');
  const lasted = new Map<string, number>();
  let records: readonly CallRecord[] = [];
  try {
    for (const { name, work, share } of steps) {
      onProgress(name);
      load.enter(name);
      const enteredAt = performance.now();
      const isLast = name === steps.at(-1)?.name;
      await work();
      const isDue = () =>
        load.answered(name) >= callers &&
        since(enteredAt) >= share * seconds &&
        (!isLast || since(startedAt) >= seconds);
      while (!isDue()) await delay(pollMs);
      lasted.set(name, since(enteredAt));
    }
  } finally {
    records = await load.stop();
  }
  const failures = records.flatMap(({ phase, failure }) => (failure === null ? [] : [`${phase}: ${failure}`]));
  return {
    ...{ workers, callers, documents: documents.length, seconds: since(startedAt), requests: records.length },
    failed: failures.length,
    phases: [...lasted].map(([name, lastedSeconds]) => summarisePhase(name, lastedSeconds, records)),
    failures: failures.slice(0, failuresShownMax),
  };
}

function summarisePhase(name: string, seconds: number, records: readonly CallRecord[]): OperationsPhase {
  const samples = records
    .filter(({ phase }) => phase === name)
    .map(({ milliseconds, failure }) => ({
      ...{ milliseconds, status: failure === null ? 200 : 0, workerMs: undefined, cache: undefined },
    }));
  return { name, seconds, ...summariseLoad(samples, seconds) };
}
