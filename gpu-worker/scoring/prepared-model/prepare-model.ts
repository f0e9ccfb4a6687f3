import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLanguageModelGraph } from '#gpu-worker/language-model/build-language-model-graph.ts';
import { convertToFp32 } from '#gpu-worker/language-model/convert-to-fp32.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { convertToInt8 } from '#gpu-worker/quantisation/convert-to-int8.ts';
import { planSmoothing } from '#gpu-worker/quantisation/plan-smoothing.ts';
import { calibrationSequences } from '#gpu-worker/scoring/prepared-model/calibration-sequences.ts';
import { collectChannelMaxima } from '#gpu-worker/scoring/prepared-model/collect-channel-maxima.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';

/** Changes whenever converted weights of an older version must not be used again. */
const conversionVersion = 1;

const weightsFile = 'weights.bin';
const manifestFile = 'manifest.json';

export interface PreparedModel {
  /** The graph, in the folder of its weights file. */
  readonly graphPath: string;
  readonly manifest: WeightManifest;
}

export type PreparationProgress = (stage: string, fraction: number) => void;

/**
 * Converted weights of a model in `cacheFolder`, made once per (fingerprint, precision) and then reused. The folder of a conversion
 * appears whole or not at all. Int8 runs the float32 model over the calibration texts first. Holds the thread for seconds.
 */
export async function prepareModel(
  model: FrozenModel,
  precision: Precision,
  cacheFolder: string,
  onProgress: PreparationProgress,
): Promise<PreparedModel> {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = join(cacheFolder, `${model.fingerprint.slice(0, 20)}-${precision}-v${conversionVersion}`);
  if (!existsSync(join(folder, manifestFile))) {
    const temporary = mkdtempSync(join(cacheFolder, 'converting-'));
    try {
      const manifest = await convert(model, precision, cacheFolder, temporary, onProgress);
      writeFileSync(join(temporary, manifestFile), JSON.stringify(manifest));
      putInPlace(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  const manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as WeightManifest;
  return { graphPath: writeGraph(model, manifest, folder), manifest };
}

async function convert(
  model: FrozenModel,
  precision: Precision,
  cacheFolder: string,
  folder: string,
  onProgress: PreparationProgress,
): Promise<WeightManifest> {
  if (precision === 'fp32') {
    return convertToFp32(model.config, model.source, join(folder, weightsFile), weightsFile, (fraction) =>
      onProgress('convert to fp32', fraction),
    );
  }
  const calibration = mkdtempSync(join(cacheFolder, 'converting-'));
  try {
    const fp32 = convertToFp32(model.config, model.source, join(calibration, weightsFile), weightsFile, (fraction) =>
      onProgress('unpack', fraction),
    );
    const sequences = calibrationSequences(model.tokenizer, model.config.vocabularySize);
    const maxima = await collectChannelMaxima(model, fp32, calibration, sequences, (fraction) =>
      onProgress('calibrate', fraction),
    );
    const plan = planSmoothing(model.config, model.source, maxima);
    return convertToInt8(model.config, model.source, plan, join(folder, weightsFile), weightsFile, (fraction) =>
      onProgress('convert to int8', fraction),
    );
  } finally {
    rmSync(calibration, { recursive: true, force: true });
  }
}

/** Another process may have finished first: its result is as good, and is kept. */
function putInPlace(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(join(folder, manifestFile))) throw error;
  }
}

/** Graphs are generated from the code at every start (0.2 MB); the digest in the name keeps versions apart. */
function writeGraph(model: FrozenModel, manifest: WeightManifest, folder: string): string {
  const bytes = serialiseGraph(buildLanguageModelGraph(model.config, manifest));
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const path = join(folder, `language-model-${digest}.onnx`);
  if (!existsSync(path)) {
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  }
  return path;
}
