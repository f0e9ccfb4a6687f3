import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { DocumentScorer } from '#gpu-worker/scoring/document-scorer.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import {
  type ScoringThreadOptions,
  type ThreadRequest,
  toPortableError,
} from '#gpu-worker/scoring/threads/thread-messages.ts';
import type { WorkerThreadReply } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';

/** Entry point of a scoring thread: one session, one thing at a time, in the order of the messages. */
const port = parentPort;
if (port === null) throw new Error('scoring-thread.ts runs as a worker thread only');
const options = workerData as ScoringThreadOptions;
const send = (reply: WorkerThreadReply<PairScore[] | null>) => port.postMessage(reply);

try {
  const model = openModel(options.modelPath);
  const scorer = await DocumentScorer.open(model, options.graphPath);
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ThreadRequest) => {
    last = last.then(() => answer(scorer, request));
  });
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'failed', error: toPortableError(error) });
}

async function answer(scorer: DocumentScorer, request: ThreadRequest): Promise<void> {
  try {
    send({ kind: 'done', id: request.id, value: await perform(scorer, request) });
  } catch (error) {
    send({ kind: 'error', id: request.id, error: toPortableError(error) });
  }
}

async function perform(scorer: DocumentScorer, request: ThreadRequest): Promise<PairScore[] | null> {
  switch (request.kind) {
    case 'score':
      return scorer.score(request.task);
    case 'query':
      return [await scorer.scoreQuery(request.task)];
    case 'tokens':
      return [await scorer.scoreTokens(request.task)];
    case 'load-adapter':
      await scorer.loadAdapter(request.digest, parseAdapterFile(new Uint8Array(request.file)));
      return null;
    case 'unload-adapter':
      scorer.unloadAdapter(request.digest);
      return null;
  }
}
