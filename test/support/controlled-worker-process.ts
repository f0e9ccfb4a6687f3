import { setTimeout as delay } from 'node:timers/promises';
import { base64url } from 'jose';
import { pino } from 'pino';
import { createApp } from '#gpu-worker/http/create-app.ts';
import { listen } from '#gpu-worker/http/listen.ts';
import { createWorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import { noAdapterStore } from '#gpu-worker/scoring/adapters/no-adapter-store.ts';
import { createAdapterValidator } from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import type { PairScore, ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { controlledEngine, pairScore } from '#test/support/start-controlled-worker.ts';

/**
 * A worker's real HTTP service in a process of its own that can be killed or stopped, over an engine that takes a fixed time a document, one after the
 * other, as one thread does. Sends its address when it listens, and how many documents were scored and refused so far for each message it gets.
 * Usage: fork, with WORKER_SIGNING_KEY, BASE_MODEL, DOCUMENT_MS and QUEUE_LENGTH_MAX: past it, documents are refused as by a full queue.
 */
const { WORKER_SIGNING_KEY = '', BASE_MODEL = '', DOCUMENT_MS = '0', QUEUE_LENGTH_MAX = '1000000' } = process.env;
const documentMs = Number(DOCUMENT_MS);
const queueLengthMax = Number(QUEUE_LENGTH_MAX);

let scored = 0;
let waiting = 0;
let refused = 0;
let lastTask: Promise<unknown> = Promise.resolve();
const engine = controlledEngine((task, { signal }) => {
  if (waiting >= queueLengthMax) {
    refused += 1;
    return Promise.reject(new ServiceError('overloaded', 'full', { retryAfterSeconds: 1 }));
  }
  waiting += 1;
  const result = lastTask.then(() => score(task, signal)).finally(() => (waiting -= 1));
  lastTask = result.catch(() => undefined);
  return result;
});

async function score({ document }: ScoreTask, signal: AbortSignal | undefined): Promise<PairScore[]> {
  if (signal?.aborted) throw new ServiceError('request_cancelled');
  if (documentMs > 0) await delay(documentMs);
  scored += 1;
  return [pairScore(document)];
}

const now = () => Date.now();
const state = new WorkerState();
const app = createApp({
  state,
  modelId: BASE_MODEL,
  signingKeys: [base64url.decode(WORKER_SIGNING_KEY)],
  bodyBytesMax: 20_000_000,
  queueLengthMax: 1_000_000,
  validateAdapter: createAdapterValidator(undefined),
  metrics: createWorkerMetrics(),
  version: 'controlled',
  logger: pino({ level: 'silent' }),
  now,
});
const server = await listen(app, '127.0.0.1', 0);
const adapters = new LoadedAdapters({ engine, store: noAdapterStore, bytesMax: 1_000_000, now });
const { tokenizerFingerprint } = engine.info;
state.enter({
  name: 'ready',
  engine,
  adapters,
  calibration: baseModelCalibration,
  tokenizerFingerprint: tokenizerFingerprint ?? '',
});
process.on('message', () => process.send?.({ scored, refused }));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: server.url });
