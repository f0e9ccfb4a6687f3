import { join } from 'node:path';
import type { PrecisionChoice } from '#gpu-worker/scoring/scoring-engine.ts';
import { prepareLocalDatabase } from '#infra/local/database/prepare-local-database.ts';
import { writeEdgeConfiguration } from '#infra/local/edge/edge-configuration.ts';
import { type LocalObjectStore, simulatedObjectStore } from '#infra/local/edge/local-object-store.ts';
import { freePort } from '#infra/local/processes/free-port.ts';
import { startGpuWorkers } from '#infra/local/processes/start-gpu-workers.ts';
import { startTrainingWorker } from '#infra/local/processes/start-training-worker.ts';
import { type RunningWrangler, startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { putAdapter } from '#infra/local/sample/put-adapter.ts';
import { readSampleAdapter, type SampleAdapter } from '#infra/local/sample/read-sample.ts';
import { Shutdown } from '#infra/local/shutdown.ts';
import { openStateFolder, type StateFolder } from '#infra/local/state/state-folder.ts';

export interface LocalStackOptions {
  /** Port of the API on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  readonly workers: number;
  readonly precision: PrecisionChoice;
  /** Start a worker that trains, too. */
  readonly training: boolean;
  /** A GGUF file or a Hugging Face folder. */
  readonly modelPath: string;
  readonly stateFolder: string;
  /** Folder of converted weights; default: `cache` in the state folder. */
  readonly modelCacheFolder?: string;
  /** Bucket of adapter files; default: the simulator beside the edge. */
  readonly objectStore?: LocalObjectStore;
  /** Settings of traces (OTEL_…), for edge and workers; default: nothing is traced. */
  readonly tracing?: Readonly<Record<string, string>>;
  /** Which requests get a line in the edge's log: REQUEST_LOG of edge/environment.ts; default: `faults`. */
  readonly requestLog?: string;
  /** Settings of the edge (edge/environment.ts) that are not this stack's own. */
  readonly edgeVariables?: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

export interface LocalStack {
  readonly url: string;
  readonly apiKey: string;
  /** Base URLs of the GPU workers. */
  readonly workers: readonly string[];
  /** Their processes, in the same order. */
  readonly workerProcessIds: readonly number[];
  /** Signing key of the internal calls, base64url. */
  readonly signingKey: string;
  /** The edge's end that nobody asked for. */
  readonly edgeEnded: Promise<void>;
  /** Stops everything and leaves no process; may be called again. */
  stop(): Promise<void>;
}

/** Id of the base model in the API. */
const baseModel = 'smollm2-135m-instruct';

/**
 * Starts GPU workers, database, objects, edge and a training worker on this machine and registers the sample adapter. Resolves when all of it serves. Throws
 * LocalStackFault with one sentence, after everything that was started has ended; `signal` gives up in the same way.
 */
export async function startLocalStack(options: LocalStackOptions, signal: AbortSignal): Promise<LocalStack> {
  const state = await openStateFolder(options.stateFolder);
  const shutdown = new Shutdown();
  shutdown.onStop(() => state.release());
  const abort = () => void shutdown.stop();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const port = await freePort(options.port, state.afterCrash);
    const objectStore = options.objectStore ?? simulatedObjectStore(port, state.secrets);
    const adapter = await readSampleAdapter();
    const workers = await startGpuWorkers({ ...options, state, baseModel, objectStore, shutdown });
    const urls = workers.map((worker) => worker.url);
    // The edge starts while the workers load; the first that fails stops all.
    const [edge] = await Promise.all([
      startEdge({ ...options, state, adapter, port, urls, objectStore, shutdown }),
      ...workers.map((worker) => worker.ready),
    ]);
    if (options.training)
      await startTrainingWorker({ ...options, state, baseModel, objectStore, edgeUrl: edge.url, shutdown });
    const { secrets } = state;
    await putAdapter({ ...objectStore, ...adapter });
    await state.describe({ url: edge.url, api_key: secrets.api_key, workers: urls });
    return {
      url: edge.url,
      apiKey: secrets.api_key,
      workers: urls,
      workerProcessIds: workers.flatMap((worker) => worker.processId ?? []),
      signingKey: secrets.worker_signing_key,
      edgeEnded: edge.ended.then(() => undefined),
      stop: () => shutdown.stop(),
    };
  } catch (error) {
    await shutdown.stop();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

interface EdgeToStart {
  readonly state: StateFolder;
  readonly adapter: SampleAdapter;
  readonly port: number;
  readonly urls: readonly string[];
  readonly objectStore: LocalObjectStore;
  readonly tracing?: Readonly<Record<string, string>>;
  readonly requestLog?: string;
  readonly edgeVariables?: Readonly<Record<string, string>>;
  readonly shutdown: Shutdown;
  readonly say: (line: string) => void;
}

async function startEdge(options: EdgeToStart): Promise<RunningWrangler> {
  const { state, adapter, port, urls, shutdown, say, requestLog = 'faults' } = options;
  const { secrets } = state;
  const folder = join(state.path, 'edge');
  const edgeVariables = { ...options.tracing, REQUEST_LOG: requestLog, ...options.edgeVariables };
  const named = { folder, secrets, gpuWorkerUrls: urls, baseModel, edgeVariables };
  const configPath = await writeEdgeConfiguration({ ...options, ...named });
  await shutdown.step((signal) => prepareLocalDatabase({ state, configPath, adapter, baseModel, signal, say }));
  say('Starting the edge.');
  const logFile = join(state.logs, 'edge.log');
  const where = { configPath, stateFolder: state.path, dataFolder: state.data, port, logFile };
  return shutdown.start((signal) => startWrangler({ ...where, showsInfo: requestLog !== 'faults', signal }));
}
