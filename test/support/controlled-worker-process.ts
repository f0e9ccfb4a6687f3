import { setTimeout as delay } from 'node:timers/promises';
import type { PairScore, ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { serveEngine } from '#test/support/serve-engine.ts';
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

const service = { baseModel: BASE_MODEL, signingKey: WORKER_SIGNING_KEY, host: '127.0.0.1', port: 0 };
const server = await serveEngine({ engine, ...service });
process.on('message', () => process.send?.({ scored, refused }));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: server.url });
