import { base64url } from 'jose';
import { pino } from 'pino';
import { createApp } from '#gpu-worker/http/create-app.ts';
import { type ListeningServer, listen } from '#gpu-worker/http/listen.ts';
import { createWorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import { noAdapterStore } from '#gpu-worker/scoring/adapters/no-adapter-store.ts';
import { createAdapterValidator } from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';

export interface ServedEngine {
  readonly engine: ScoringEngine;
  readonly baseModel: string;
  /** base64url. */
  readonly signingKey: string;
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/** A worker's real HTTP service, ready, over an engine without a model. */
export async function serveEngine({
  engine,
  baseModel,
  signingKey,
  host,
  port,
}: ServedEngine): Promise<ListeningServer> {
  const now = () => Date.now();
  const state = new WorkerState();
  const app = createApp({
    state,
    modelId: baseModel,
    signingKeys: [base64url.decode(signingKey)],
    bodyBytesMax: 20_000_000,
    queueLengthMax: 1_000_000,
    validateAdapter: createAdapterValidator(undefined),
    metrics: createWorkerMetrics(),
    version: 'controlled',
    logger: pino({ level: 'silent' }),
    now,
  });
  const server = await listen(app, host, port);
  state.enter({
    name: 'ready',
    engine,
    adapters: new LoadedAdapters({ engine, store: noAdapterStore, bytesMax: 1_000_000, now }),
    calibration: baseModelCalibration,
    tokenizerFingerprint: engine.info.tokenizerFingerprint ?? '',
  });
  return server;
}
