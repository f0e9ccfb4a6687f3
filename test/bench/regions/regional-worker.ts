import { setTimeout as delay } from 'node:timers/promises';
import { emptyStageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { TaskDispatcher } from '#gpu-worker/scoring/scheduling/task-dispatcher.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { serveEngine } from '#test/support/serve-engine.ts';
import { controlledEngine, pairScore } from '#test/support/start-controlled-worker.ts';

/**
 * A worker whose HTTP service, queue and batches are the real ones, over threads that take a given time a document instead of computing.
 * Usage: fork, with WORKER_SIGNING_KEY, BASE_MODEL, THREADS, DOCUMENT_MS and PORT. Sends its URL; takes messages `{slowness}`, and answers `{}` with the documents
 * that were scored for callers of its own region and for guests.
 */
const { WORKER_SIGNING_KEY = '', BASE_MODEL = '', THREADS = '', DOCUMENT_MS = '', PORT = '' } = process.env;
const threads = Number(THREADS);
const documentMs = Number(DOCUMENT_MS);

let slowness = 1;
const scored = { own: 0, guests: 0 };

const tasks = new TaskDispatcher({
  threads,
  lengthMax: 4_096,
  run: async (_thread, entries) => {
    const eachMs = documentMs * slowness;
    await delay(eachMs * entries.length);
    const outcomes = entries.map(({ work }) => ({
      kind: 'scored' as const,
      scores: work.kind === 'score' ? [pairScore(work.task.document)] : [],
      times: { ...emptyStageTimes(), suffixMs: eachMs },
    }));
    return { outcomes, runs: [], prefixes: { hits: 0, misses: 0, evictions: 0, entries: 0, bytes: 0 } };
  },
  observer: {},
  now: () => Date.now(),
});

const base = controlledEngine(async (task, options) => {
  const result = await tasks.enqueue({ kind: 'score', task }, options);
  scored[options.isGuest === true ? 'guests' : 'own'] += 1;
  if (result.kind !== 'scored') throw new Error('a document was split that should not have been');
  return result.scores;
});
const engine: ScoringEngine = {
  ...base,
  info: { ...base.info, threads },
  queueLength: () => tasks.length,
  queueWaitMs: (isGuest) => tasks.waitMs(isGuest),
};

const listening = { host: '0.0.0.0', port: Number(PORT) };
await serveEngine({ engine, baseModel: BASE_MODEL, signingKey: WORKER_SIGNING_KEY, ...listening });
for (let thread = 0; thread < threads; thread += 1) tasks.threadReady(thread);
process.on('message', (message: { readonly slowness?: number }) => {
  if (message.slowness === undefined) process.send?.(scored);
  else slowness = message.slowness;
});
process.on('disconnect', () => process.exit(0));
process.send?.({});
