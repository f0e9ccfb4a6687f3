import type { Logger } from 'pino';
import type { WorkerState } from '#gpu-worker/http/worker-state.ts';
import type { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { WorkerEvent } from '#gpu-worker/worker-event.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

export interface LoadModelOptions {
  readonly state: WorkerState;
  readonly createEngine: (onProgress: (stage: string, fraction: number) => void) => Promise<ScoringEngine>;
  readonly createLoadedAdapters: (engine: ScoringEngine) => LoadedAdapters;
  readonly loadCalibration: (engine: ScoringEngine) => Promise<Calibration | null>;
  readonly logger: Logger;
  readonly report: (event: WorkerEvent) => void;
  readonly now: () => number;
}

/** Log lines of one stage come at each quarter, not at each percent. */
const progressLogStep = 0.25;

/** Loads the model and makes the worker ready, or leaves it not ready with the reason in the log. Never throws: a worker without a model still answers its probes. Where a drain came first, the engine is closed again. */
export async function loadModel(options: LoadModelOptions): Promise<void> {
  const { state, logger, report, now } = options;
  const startedAtMs = now();
  try {
    const engine = await options.createEngine(progressReporter(options));
    const { tokenizerFingerprint } = engine.info;
    if (tokenizerFingerprint === null) {
      await engine.close();
      throw new Error(`the model at ${engine.info.modelPath} has no tokenizer, so text cannot be scored`);
    }
    const calibration = await options.loadCalibration(engine).catch(async (error: unknown) => {
      await engine.close();
      throw error;
    });
    if (state.phase.name === 'draining') return await engine.close();
    const adapters = options.createLoadedAdapters(engine);
    state.enter({ name: 'ready', engine, adapters, calibration, tokenizerFingerprint });
    logger.info({ ...engine.info, ms: now() - startedAtMs }, 'ready');
    const { precision, precisionReason, device } = engine.info;
    report({ event: 'ready', arithmetic: `${precision} on ${device.toUpperCase()}, because ${precisionReason}` });
  } catch (error) {
    state.enter({ name: 'failed' });
    logger.error({ err: error }, 'the model could not be loaded; the worker stays not ready');
    report({ event: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

function progressReporter({ state, logger, report }: LoadModelOptions) {
  let lastStage = '';
  let lastStep = -1;
  return (stage: string, fraction: number) => {
    state.enter({ name: 'loading', stage, fraction });
    report({ event: 'loading', stage, fraction });
    const step = Math.floor(fraction / progressLogStep);
    if (stage === lastStage && step === lastStep) return;
    lastStage = stage;
    lastStep = step;
    logger.info({ stage, fraction }, 'loading the model');
  };
}
