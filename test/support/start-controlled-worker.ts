import { Writable } from 'node:stream';
import { pino } from 'pino';
import { createApp } from '#gpu-worker/http/create-app.ts';
import { type ListeningServer, listen } from '#gpu-worker/http/listen.ts';
import { createWorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import { noAdapterStore } from '#gpu-worker/scoring/adapters/no-adapter-store.ts';
import { createAdapterValidator } from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import type { PairScore, ScoreTask, ScoringEngine, TaskOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';

export type ScoreBehaviour = (task: ScoreTask, options: TaskOptions) => Promise<PairScore[]>;

/** A pair's score as an engine gives it: three query tokens, mean log-likelihood −length/100 of the document. */
export function pairScore(document: string): PairScore {
  return {
    meanLogLikelihood: -document.length / 100,
    targetIds: [5, 6, 7],
    targetLogLikelihoods: Float32Array.of(-1, -2, -3),
    documentTokens: document.length,
    truncated: false,
    lexicalMatch: 0.75,
  };
}

/** An engine that does what a test says, for the faults of HTTP that a real one shows only by chance. */
export function controlledEngine(score: ScoreBehaviour): ScoringEngine {
  return {
    info: {
      modelPath: '/models/tiny.gguf',
      modelFingerprint: 'a'.repeat(64),
      tokenizerFingerprint: 'b'.repeat(64),
      precision: 'int8',
      precisionReason: 'the processor has AVX-512 VNNI',
      device: 'cpu',
      threads: 2,
      contextLength: 2_048,
    },
    score: (task, options = {}) => score(task, options),
    queryLogLikelihood: () => Promise.resolve(-3.5),
    queryTokenLogLikelihoods: () => Promise.resolve(Float32Array.of(-3, -3.5, -4)),
    scoreTokens: () => Promise.reject(new Error('not asked for here')),
    loadAdapter: () => Promise.reject(new Error('not asked for here')),
    unloadAdapter: () => Promise.resolve(),
    queueLength: () => 0,
    queueWaitMs: () => 0,
    memory: () => ({
      prefixBytes: 7_000_000,
      prefixBytesMax: 9_000_000,
      prefixes: 2,
      prefixEvictions: 1,
      sessions: 4,
      weightsShared: true,
      weightsBytes: 136_000_000,
    }),
    close: () => Promise.resolve(),
  };
}

export interface ControlledWorker {
  readonly state: WorkerState;
  readonly server: ListeningServer;
  readonly key: Uint8Array;
  /** Everything that was logged, as text. */
  readonly log: () => string;
  /** Ends the loading phase. */
  readonly becomeReady: () => void;
  /** A signed call to the worker. */
  readonly call: (method: string, path: string, body?: string, init?: RequestInit) => Promise<Response>;
}

/** A worker's real HTTP service on loopback, over an engine that the test controls. */
export async function startControlledWorker(
  score: ScoreBehaviour = (task) => Promise.resolve([pairScore(task.document)]),
  calibration: Calibration | null = null,
): Promise<ControlledWorker> {
  const key = new Uint8Array(32).fill(3);
  const state = new WorkerState();
  const engine = controlledEngine(score);
  const lines: string[] = [];
  const stream = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk)) as undefined) });
  const app = createApp({
    state,
    modelId: 'tiny',
    signingKeys: [key],
    bodyBytesMax: 10_000,
    queueLengthMax: 16,
    validateAdapter: createAdapterValidator(undefined),
    metrics: createWorkerMetrics(),
    version: '1.2.3',
    logger: pino({ level: 'trace' }, stream),
    now: () => Date.now(),
  });
  const server = await listen(app, '127.0.0.1', 0);
  const adapters = new LoadedAdapters({ engine, store: noAdapterStore, bytesMax: 1_000_000, now: () => Date.now() });
  return {
    state,
    server,
    key,
    log: () => lines.join(''),
    becomeReady: () =>
      state.enter({ name: 'ready', engine, adapters, calibration, tokenizerFingerprint: 'b'.repeat(64) }),
    async call(method, path, body, init) {
      const bytes = new TextEncoder().encode(body ?? '');
      const token = await signCall({ key, method, path, body: bytes, nowMs: Date.now() });
      const headers = { Authorization: `Bearer ${token}` };
      return fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body }), ...init });
    },
  };
}
