import { type Sample, sendLoad } from '#test/bench/edge/send-load.ts';
import { startHello } from '#test/bench/edge/start-hello.ts';
import { type LoadSummary, summariseLoad } from '#test/bench/edge/summarise-load.ts';
import { createEdgeFolder, startEdge } from '#test/support/start-edge.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/support/start-worker-process.ts';

export interface EdgeBenchmarkOptions {
  readonly connections: readonly number[];
  /** Of each measurement. */
  readonly seconds: number;
  /** Of each part of the measurement with workers that die and hang; 0: without it. */
  readonly disturbedSeconds: number;
  readonly onProgress: (sentence: string) => void;
}

export interface ConnectionPoint {
  readonly connections: number;
  readonly hello: LoadSummary;
  readonly hit: LoadSummary;
  readonly miss: LoadSummary;
}

export interface DisturbedResult {
  readonly callers: number;
  readonly undisturbed: LoadSummary;
  readonly killed: LoadSummary;
  readonly hung: LoadSummary;
}

export interface EdgeBenchmarkResult {
  readonly documents: number;
  readonly documentCharacters: number;
  readonly seconds: number;
  readonly points: readonly ConnectionPoint[];
  readonly disturbed: DisturbedResult | null;
}

const baseModel = 'smollm2-135m-instruct';

/** The request of the speed targets: 100 documents of about 150 tokens. */
const documentCount = 100;
const documentCharacters = 600;

/** Callers and their smaller requests while workers die: enough to fill three workers. */
const callers = 20;
const disturbedDocumentCount = 12;
const disturbedDocumentMs = 2;

/** Seconds before each measurement that do not count. */
const warmUpSeconds = 1;

/** Measures the edge in workerd on loopback beside a bare hello: hits, misses, and three workers of which one is killed and one stopped. */
export async function runEdgeBenchmark(options: EdgeBenchmarkOptions): Promise<EdgeBenchmarkResult> {
  return {
    documents: documentCount,
    documentCharacters,
    seconds: options.seconds,
    points: await measureConnections(options),
    disturbed: options.disturbedSeconds === 0 ? null : await measureDisturbed(options),
  };
}

async function measureConnections({ connections, seconds, onProgress }: EdgeBenchmarkOptions) {
  onProgress('starting the edge over one worker that computes nothing, and the hello');
  const stack = await startStack(1, 0);
  const hello = await startHello();
  const measure = async (url: string, count: number, body: (() => string) | undefined, expected?: string) => {
    const load = { target: { url, headers: stack.headers }, connections: count, body };
    await sendLoad({ ...load, seconds: warmUpSeconds });
    const samples = await sendLoad({ ...load, seconds });
    refuseOther(samples, expected);
    return summariseLoad(samples, seconds);
  };
  const points: ConnectionPoint[] = [];
  try {
    for (const count of connections) {
      onProgress(`${count} connection${count === 1 ? '' : 's'}`);
      const bodyOf = bodies(documentCount, documentCharacters);
      const repeated = bodyOf();
      points.push({
        connections: count,
        hello: await measure(hello.url, count, undefined),
        hit: await measure(stack.url, count, () => repeated, 'HIT'),
        miss: await measure(stack.url, count, bodyOf, 'MISS'),
      });
    }
  } finally {
    await Promise.all([stack.stop(), hello.stop()]);
  }
  return points;
}

async function measureDisturbed({
  disturbedSeconds: seconds,
  onProgress,
}: EdgeBenchmarkOptions): Promise<DisturbedResult> {
  onProgress(`starting the edge over three workers of ${disturbedDocumentMs} ms a document`);
  const stack = await startStack(3, disturbedDocumentMs);
  const load = {
    target: { url: stack.url, headers: stack.headers },
    connections: callers,
    body: bodies(disturbedDocumentCount, documentCharacters),
  };
  /** The disturbance comes after a quarter of the time, so that its beginning and its consequences are both in. */
  const measure = async (what: string, disturb: () => void) => {
    onProgress(what);
    const timer = setTimeout(disturb, (seconds * 1_000) / 4);
    const samples = await sendLoad({ ...load, seconds });
    clearTimeout(timer);
    return summariseLoad(samples, seconds);
  };
  const [first, second] = stack.workers;
  try {
    await sendLoad({ ...load, seconds: warmUpSeconds });
    const undisturbed = await measure('undisturbed', () => undefined);
    const hung = await measure('one worker hangs', () => first?.signal('SIGSTOP'));
    first?.signal('SIGCONT');
    await sendLoad({ ...load, seconds: warmUpSeconds });
    const killed = await measure('one worker is killed', () => second?.signal('SIGKILL'));
    return { callers, undisturbed, killed, hung };
  } finally {
    await stack.stop();
  }
}

async function startStack(workerCount: number, documentMs: number) {
  const folder = await createEdgeFolder();
  const options = { signingKey: folder.secrets.worker_signing_key, baseModel, documentMs };
  const workers: WorkerProcess[] = await Promise.all(
    Array.from({ length: workerCount }, () => startWorkerProcess(options)),
  );
  const urls = workers.map(({ url }) => url).join(',');
  const edge = await startEdge(folder, { GPU_WORKER_URLS: urls, BASE_MODEL: baseModel });
  return {
    url: `${edge.url}/v2/rerank`,
    headers: { Authorization: `Bearer ${edge.apiKey}`, 'Content-Type': 'application/json' },
    workers,
    async stop() {
      for (const worker of workers) worker.signal('SIGKILL');
      await edge.stop();
    },
  };
}

let queries = 0;

/** Bodies with a query of their own each and the same documents, so that a miss is one for the query's sake alone. */
function bodies(documents: number, characters: number): () => string {
  const texts = Array.from({ length: documents }, (_, index) => `${index} `.padEnd(characters, 'lorem ipsum '));
  return () => JSON.stringify({ query: `query ${++queries}`, documents: texts });
}

function refuseOther(samples: readonly Sample[], expected: string | undefined): void {
  const other = samples.find(({ status, cache }) => status !== 200 || (expected !== undefined && cache !== expected));
  if (other !== undefined) {
    throw new Error(`An answer was ${other.status} ${other.cache}; all should have been 200 ${expected}.`);
  }
}
