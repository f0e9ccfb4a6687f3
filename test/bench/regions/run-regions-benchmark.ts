import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type LoadSummary, summariseLoad } from '#test/bench/edge/summarise-load.ts';
import { continents, type Region } from '#test/bench/regions/continents.ts';
import { drawArrivals } from '#test/bench/regions/draw-arrivals.ts';
import { type Policy, policies } from '#test/bench/regions/policies.ts';
import { type RegionWorld, type ServedDocuments, startRegionWorld } from '#test/bench/regions/region-world.ts';
import { disturbedRegion, disturbedTime, rushOf, type Scenario, scenarios } from '#test/bench/regions/scenarios.ts';
import { sendOpenLoad } from '#test/bench/regions/send-open-load.ts';
import { createEdgeFolder, type EdgeFolder, type StartedEdge, startEdge } from '#test/support/start-edge.ts';

export interface RegionsBenchmarkOptions {
  readonly seed: number;
  /** Of each scenario. */
  readonly seconds: number;
  /** Before each scenario, undisturbed and not counted. */
  readonly warmUpSeconds: number;
  /** Requests a second in each continent. */
  readonly rate: number;
  readonly documents: number;
  readonly workersPerRegion: number;
  readonly threads: number;
  /** Milliseconds of one thread. */
  readonly documentMs: number;
  readonly policies: readonly string[];
  readonly onProgress: (sentence: string) => void;
  /** Ends it and cleans up. */
  readonly signal: AbortSignal;
}

export interface RegionsRow {
  readonly policy: string;
  readonly scenario: string;
  readonly continent: string;
  /** Whether what happened, happened in this continent. */
  readonly isDisturbed: boolean;
  readonly summary: LoadSummary;
  /** Documents that this continent's workers scored for callers of their own region, and of others. */
  readonly served: ServedDocuments[Region];
}

export interface RegionsBenchmarkResult extends Omit<RegionsBenchmarkOptions, 'onProgress' | 'signal'> {
  readonly rows: readonly RegionsRow[];
}

const baseModel = 'smollm2-135m-instruct';

/** A passage of about 150 tokens. */
const documentCharacters = 600;

/** Of each request; a naive policy may wait for a lost region in vain, and should not do so for a minute. */
const deadlineMs = 10_000;

interface Edge {
  readonly region: Region;
  readonly started: StartedEdge;
}

/** Runs every scenario under every policy. Throws an Error that says what it needs where namespaces cannot be made. */
export async function runRegionsBenchmark(options: RegionsBenchmarkOptions): Promise<RegionsBenchmarkResult> {
  const { onProgress, signal, ...settings } = options;
  const { path, secrets } = await createEdgeFolder();
  await rm(path, { recursive: true, force: true });
  const world = await startRegionWorld({ ...settings, baseModel, signingKey: secrets.worker_signing_key });
  const rows: RegionsRow[] = [];
  try {
    for (const policy of policies.filter(({ name }) => settings.policies.includes(name))) {
      onProgress(`${policy.name}: starting the edges`);
      const edges = await startEdges(world, policy, secrets, signal);
      try {
        // The first requests of an edge wait for its code, and what they tell of regions is wrong.
        await warmUp(edges, options);
        for (const scenario of scenarios) {
          onProgress(`${policy.name}: ${scenario.name}`);
          rows.push(...(await runScenario(world, edges, policy, scenario, options)));
        }
      } finally {
        await Promise.all(edges.map(({ started }) => started.stop()));
      }
    }
    return { ...settings, rows };
  } finally {
    world.stop();
  }
}

async function startEdges(world: RegionWorld, policy: Policy, secrets: EdgeFolder['secrets'], signal: AbortSignal) {
  signal.throwIfAborted();
  const start = async ({ region, place }: (typeof continents)[number]): Promise<Edge> => {
    const { path } = await createEdgeFolder();
    const variables = { GPU_WORKER_URLS: world.workerUrls(policy, region), BASE_MODEL: baseModel };
    return { region, started: await startEdge({ path, secrets }, variables, place) };
  };
  const starts = await Promise.allSettled(continents.map(start));
  const edges = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = starts.find((one) => one.status === 'rejected');
  if (failed === undefined) return edges;
  await Promise.all(edges.map(({ started }) => started.stop()));
  throw failed.reason;
}

async function runScenario(
  world: RegionWorld,
  edges: readonly Edge[],
  policy: Policy,
  scenario: Scenario,
  options: RegionsBenchmarkOptions,
): Promise<RegionsRow[]> {
  const { seconds, signal } = options;
  await warmUp(edges, options);
  const before = await world.served();
  const ended = new AbortController();
  const disturbing = disturbForAWhile(world, policy, scenario, seconds, AbortSignal.any([signal, ended.signal]));
  const samples = await sendEverywhere(edges, options, (region) => ({
    purpose: region,
    seconds,
    rush: rushOf(scenario, region, seconds),
  })).finally(() => ended.abort());
  await disturbing;
  const after = await world.served();
  return continents.map(({ name, region }, index) => ({
    policy: policy.name,
    scenario: scenario.name,
    continent: name,
    isDisturbed: scenario.disturbance !== 'none' && region === disturbedRegion,
    summary: summariseLoad(samples[index] ?? [], seconds),
    served: {
      own: after[region].own - before[region].own,
      guests: after[region].guests - before[region].guests,
    },
  }));
}

async function warmUp(edges: readonly Edge[], options: RegionsBenchmarkOptions): Promise<void> {
  const { warmUpSeconds: seconds } = options;
  await sendEverywhere(edges, options, (region) => ({ purpose: `warm-up ${region}`, seconds }));
}

function sendEverywhere(
  edges: readonly Edge[],
  { seed, rate, documents, signal }: RegionsBenchmarkOptions,
  arrivalsOf: (region: Region) => Omit<Parameters<typeof drawArrivals>[0], 'seed' | 'rate'>,
) {
  const send = ({ region, started }: Edge) =>
    sendOpenLoad({
      target: {
        url: `${started.url}/v2/rerank`,
        headers: { Authorization: `Bearer ${started.apiKey}`, 'Content-Type': 'application/json' },
      },
      arrivals: drawArrivals({ seed, rate, ...arrivalsOf(region) }),
      body: () => newBody(documents),
      signal,
    });
  return Promise.all(edges.map(send));
}

/** Never rejects; whatever was done is undone at the end. */
async function disturbForAWhile(
  world: RegionWorld,
  policy: Policy,
  scenario: Scenario,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const { start, end } = disturbedTime(scenario, seconds);
  const wait = (from: number, to: number) => delay((to - from) * 1_000, undefined, { signal }).catch(() => undefined);
  await wait(0, start);
  world.disturb(policy, scenario, true);
  await wait(start, end);
  world.disturb(policy, scenario, false);
}

let requests = 0;

/** Nothing of it was seen before, so that no cache helps. */
function newBody(documents: number): string {
  requests += 1;
  const texts = Array.from({ length: documents }, (_, index) =>
    `${requests}.${index} `.padEnd(documentCharacters, 'lorem ipsum '),
  );
  return JSON.stringify({ query: `query ${requests}`, documents: texts, deadline_ms: deadlineMs });
}
