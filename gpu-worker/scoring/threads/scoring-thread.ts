import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { DocumentScorer } from '#gpu-worker/scoring/document-scorer.ts';
import { serveRequests } from '#gpu-worker/scoring/threads/serve-requests.ts';
import {
  type BatchReply,
  type ScoringThreadOptions,
  type ThreadRequest,
  toPortableError,
} from '#gpu-worker/scoring/threads/thread-messages.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';

/** Entry point of a scoring thread: one batch or adapter at a time, in the order of the messages. */
const port = parentPort;
if (port === null) throw new Error('scoring-thread.ts runs as a worker thread only');
const options = workerData as ScoringThreadOptions;

await serveRequests<ThreadRequest, BatchReply | null>(port, async () => {
  const model = openModel(options.modelPath);
  const scorer = await DocumentScorer.open(model, { ...options, now: () => Date.now() });
  const release = async () => {
    await scorer.close();
    model.close();
  };
  return { perform: (request) => perform(scorer, request), release };
});

async function perform(scorer: DocumentScorer, request: ThreadRequest): Promise<BatchReply | null> {
  switch (request.kind) {
    case 'batch': {
      const { outcomes, ...batch } = await scorer.scoreBatch(request.entries);
      return {
        ...batch,
        outcomes: outcomes.map((one) => (one.kind === 'failed' ? { ...one, error: toPortableError(one.error) } : one)),
      };
    }
    case 'load-adapter':
      await scorer.loadAdapter(request.digest, parseAdapterFile(new Uint8Array(request.file)));
      return null;
    case 'unload-adapter':
      scorer.unloadAdapter(request.digest);
      return null;
  }
}
