import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { DocumentScorer } from '#gpu-worker/scoring/document-scorer.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import { serveRequests } from '#gpu-worker/scoring/threads/serve-requests.ts';
import type { ScoringThreadOptions, ThreadRequest } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';

/** Entry point of a scoring thread: one session, one thing at a time, in the order of the messages. */
const port = parentPort;
if (port === null) throw new Error('scoring-thread.ts runs as a worker thread only');
const options = workerData as ScoringThreadOptions;

await serveRequests<ThreadRequest, PairScore[] | null>(port, async () => {
  const model = openModel(options.modelPath);
  const scorer = await DocumentScorer.open(model, options.graphs);
  const release = async () => {
    await scorer.close();
    model.close();
  };
  return { perform: (request) => perform(scorer, request), release };
});

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
