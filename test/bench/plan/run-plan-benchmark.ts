import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrateHardware } from '#cli/capacity-plan/calibration/calibrate-hardware.ts';
import { connectWorker, type WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { defaultHardware, readHardwareProfile } from '#cli/capacity-plan/hardware/read-hardware-profile.ts';
import { workerCapacity } from '#cli/capacity-plan/planning/worker-capacity.ts';
import { drawRequests } from '#cli/capacity-plan/simulation/draw-requests.ts';
import { meanOf, type SimulatedRequest, type Workload } from '#cli/capacity-plan/simulation/workload.ts';
import { startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { comparePlan, type PlannedLoad } from '#test/bench/plan/compare-plan.ts';
import { followRequests } from '#test/bench/plan/follow-requests.ts';
import { type PlanTexts, readPlanTexts } from '#test/bench/plan/plan-texts.ts';
import { sendOpenLoop } from '#test/bench/plan/send-open-loop.ts';

export interface PlanBenchmarkOptions {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly threads: number;
  /** Of each load. */
  readonly seconds: number;
  /** Shares of the capacity. */
  readonly loads: readonly number[];
  readonly hitRate: number;
  readonly keptDocuments: number;
  /** Of the calibration. */
  readonly rounds: number;
  readonly calibrationSeconds: number;
  readonly onProgress: (sentence: string) => void;
}

export interface PlanBenchmarkResult {
  readonly hardware: HardwareProfile;
  readonly workload: Omit<Workload, 'requestsPerSecond'>;
  /** The capacity as the plan has it, and as it was when all documents were there at once. */
  readonly documentsPerSecond: number;
  readonly measuredPerSecond: number;
  readonly loads: readonly PlannedLoad[];
}

const documentsPerRequest = [2, 4, 8];
const seed = 7;

/** Some 1,400 documents, below the 4,096 that may wait: the capacity as it is. */
const requestsAtOnce = 300;
const requestsPerSecondAtOnce = 1e9;

/** A profile of a real worker process by the product's own calibration, then its latencies under three loads, beside those that the plan has for them. */
export async function runPlanBenchmark(options: PlanBenchmarkOptions): Promise<PlanBenchmarkResult> {
  const { onProgress, rounds, calibrationSeconds } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-plan-'));
  const key = randomBytes(32);
  onProgress('starting the worker (its first start converts the weights)');
  const process = await startWorker(options, key, folder);
  try {
    await process.ready;
    const worker = connectWorker({ url: process.url, key, signal: new AbortController().signal });
    const like = await readHardwareProfile(defaultHardware);
    const calibrated = await calibrateHardware({
      ...{ worker, like, rounds, seconds: calibrationSeconds, onProgress },
      ...{ name: 'benchmarked', modelParameters: like.model.parameters, machineBytes: like.memory.machine, run: seed },
    });
    // Calls go to the worker itself.
    const hardware = { ...calibrated, milliseconds: { ...calibrated.milliseconds, edge: 0 } };
    return await measureLoads(options, worker, hardware);
  } finally {
    await process.stop(10_000);
    await rm(folder, { recursive: true, force: true });
  }
}

function startWorker({ modelPath, cacheFolder, threads }: PlanBenchmarkOptions, key: Uint8Array, folder: string) {
  return startGpuWorker({
    name: 'the worker',
    settings: {
      GPU_WORKER_PORT: '0',
      GPU_WORKER_MODEL: modelPath,
      GPU_WORKER_CACHE_FOLDER: cacheFolder,
      GPU_WORKER_THREADS: String(threads),
      GPU_WORKER_LOG_LEVEL: 'warn',
      WORKER_SIGNING_KEY: Buffer.from(key).toString('base64url'),
      BASE_MODEL: 'benchmarked',
    },
    logFile: join(folder, 'worker.log'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
}

async function measureLoads(
  { seconds, loads, hitRate, keptDocuments, onProgress }: PlanBenchmarkOptions,
  worker: WorkerConnection,
  hardware: HardwareProfile,
): Promise<PlanBenchmarkResult> {
  const texts = await readPlanTexts();
  onProgress(`keeping ${keptDocuments} documents`);
  const lengths = await keepDocuments(worker, texts, keptDocuments);
  const workload = { documentsPerRequest, ...lengths, adapterShare: 0, hitRate };
  const documentsPerSecond = workerCapacity({
    workload: { ...workload, requestsPerSecond: 1 },
    ...{ hardware, workers: 1, seed },
  });
  const planned: PlannedLoad[] = [];
  let sent: readonly SimulatedRequest[] = [];
  for (const [index, share] of loads.entries()) {
    const requestsPerSecond = (share * documentsPerSecond) / meanOf(documentsPerRequest);
    const atLoad = { ...workload, requestsPerSecond };
    const requests = drawRequests({
      workload: atLoad,
      requests: Math.max(1, Math.round(requestsPerSecond * seconds)),
      ...{ keptDocuments, seed: seed + index },
    });
    onProgress(
      `${Math.round(100 * share)} % of ${documentsPerSecond.toFixed(1)} documents/s: ${requests.length} requests`,
    );
    const measured = await sendOpenLoop({ worker, requests, texts, run: index });
    const asMeasured = measured.map(({ request }) => request);
    sent = followRequests(sent, asMeasured);
    planned.push(comparePlan({ share, workload: atLoad, hardware, measured, sent, seed }));
  }
  onProgress('documents at once');
  const atOnce = { ...workload, requestsPerSecond: requestsPerSecondAtOnce };
  const requests = drawRequests({ workload: atOnce, requests: requestsAtOnce, keptDocuments, seed });
  const startedAtMs = performance.now();
  await sendOpenLoop({ worker, requests, texts, run: loads.length });
  const documents = requests.reduce((sum, request) => sum + request.documents.length, 0);
  const measuredPerSecond = (documents * 1_000) / (performance.now() - startedAtMs);
  return { hardware, workload, documentsPerSecond, measuredPerSecond, loads: planned };
}

/** Sends each document that comes again once, and says how many tokens documents and queries have. */
async function keepDocuments(worker: WorkerConnection, texts: PlanTexts, count: number) {
  const atATime = 20;
  const documentTokens: number[] = [];
  const queryTokens: number[] = [];
  for (let first = 0; first < count; first += atATime) {
    const ids = Array.from({ length: Math.min(atATime, count - first) }, (_, index) => first + index);
    const documents = ids.map((id) => texts.keptDocument(id));
    const answer = await worker.score({ query: texts.query(first, -1), documents, scoresQuery: true });
    documentTokens.push(...answer.documentTokens);
    queryTokens.push(answer.queryTokens);
  }
  return { documentTokens, queryTokens };
}
