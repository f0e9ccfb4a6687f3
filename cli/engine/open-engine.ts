import { open } from 'node:fs/promises';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import type { ServingSettings } from '#cli/engine/engine-flags.ts';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { createFetchProgress } from '#cli/output/fetch-progress.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

/** Runs `use` with an engine for these settings and closes it afterwards, also when `use` fails. The first start with a model converts its weights, once, with progress on standard error. */
export async function withEngine<T>(
  settings: ServingSettings,
  io: CommandIo,
  use: (engine: ScoringEngine) => Promise<T>,
): Promise<T> {
  // Imported here, so that --help and a wrong flag never wait for the native library.
  const { createScoringEngine } = await import('#gpu-worker/scoring/create-scoring-engine.ts');
  const modelPath = await findModel(settings.model, io);
  const bar = createProgressBar(io, 'preparing the model');
  const engine = await createScoringEngine({
    modelPath,
    precision: settings.precision,
    threads: settings.threads,
    cacheFolder: convertedWeightsFolder,
    onProgress: (_stage, fraction) => bar.update(Math.round(fraction * 100), 100),
  }).finally(() => bar.stop());
  try {
    io.signal.throwIfAborted();
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** Path of the model that was named, or of the default one; fetched with progress on standard error where it is not here yet. */
export async function findModel(model: string | undefined, io: CommandIo): Promise<string> {
  const { resolveModelPath } = await import('#gpu-worker/model-store/resolve-model-path.ts');
  const fetchProgress = createFetchProgress(io);
  const path = await resolveModelPath(model, { signal: io.signal, onProgress: fetchProgress.onProgress }).finally(() =>
    fetchProgress.stop(),
  );
  io.signal.throwIfAborted();
  return path;
}

/**
 * The bytes of an adapter file, read before the engine starts, so that a wrong path is told at once.
 * @throws ServiceError `invalid_adapter` when it is larger than any adapter may be
 */
export async function readAdapterFile(path: string): Promise<AdapterFile> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size > limits.adapterBytesMax) {
      throw new ServiceError(
        'invalid_adapter',
        `The adapter ${path} has ${size} bytes; at most ${limits.adapterBytesMax} are read.`,
      );
    }
    return { path, bytes: await handle.readFile() };
  } finally {
    await handle.close();
  }
}

export interface AdapterFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Hands an adapter to the engine and returns its digest.
 * @throws ServiceError `invalid_adapter` naming the file and the reason
 */
export async function loadAdapterFile(engine: ScoringEngine, { path, bytes }: AdapterFile): Promise<string> {
  try {
    return (await engine.loadAdapter(bytes)).digest;
  } catch (error) {
    if (error instanceof ServiceError)
      throw new ServiceError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
