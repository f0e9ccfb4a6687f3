import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defaultPrefixCacheBytes } from '#gpu-worker/scoring/prefix-cache/default-prefix-cache-bytes.ts';
import type { ScoringEngine, ScoringEngineOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { ScoringPool } from '#gpu-worker/scoring/scoring-pool.ts';
import { runPreparation } from '#gpu-worker/scoring/threads/run-preparation.ts';

/** Tasks that may wait: at 20 documents a second and thread, a minute's work for a few requests of 1,000 documents. */
const queueLengthMaxDefault = 4_096;

/** Each thread has the weights on the GPU for itself, and a second one would only wait for the first. */
const gpuThreads = 1;

/**
 * Opens a model (converting its weights once, in a thread of its own) and starts the scoring threads. The calling thread stays free throughout.
 * @throws ServiceError `model_not_found` or `invalid_weights` when the model cannot be opened; `not_ready` where CUDA is asked for and missing
 */
export async function createScoringEngine(options: ScoringEngineOptions): Promise<ScoringEngine> {
  const modelPath = resolve(options.modelPath);
  const preparation = await runPreparation(
    {
      modelPath,
      precision: options.precision,
      device: options.device ?? 'cpu',
      cacheFolder: resolve(options.cacheFolder),
    },
    options.onProgress ?? (() => {}),
  );
  return ScoringPool.start({
    modelPath,
    threads: options.threads ?? (preparation.device === 'cpu' ? availableParallelism() : gpuThreads),
    queueLengthMax: options.queueLengthMax ?? queueLengthMaxDefault,
    prefixBytesMax: options.prefixCacheBytes ?? defaultPrefixCacheBytes(),
    preparation,
    observer: options.observer ?? {},
  });
}
