import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveIntoPlace } from '#gpu-worker/files/move-into-place.ts';
import { sweepAbandoned } from '#gpu-worker/files/sweep-abandoned.ts';
import { convertToFp16, convertToFp32 } from '#gpu-worker/language-model/convert-to-float.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { KeyValueType } from '#gpu-worker/language-model/open-graph.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { convertToInt8 } from '#gpu-worker/quantisation/convert-to-int8.ts';
import { markUsed, sweepUnused } from '#gpu-worker/scoring/prepared-model/sweep-unused.ts';
import {
  type LanguageModelGraphs,
  writeLanguageModelGraphs,
} from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';

/** Changes whenever converted weights of an older version must not be used again. */
const conversionVersion = 2;

/** fp32 is for fidelity: nothing is rounded. In int8, halving what a cached document takes costs less than the weights already did. */
const keyValueTypes: Readonly<Record<Precision, KeyValueType>> = {
  fp32: 'float32',
  int8: 'float16',
  fp16: 'float16',
};

const weightsFile = 'weights.bin';
const manifestFile = 'manifest.json';
const temporaryPrefix = 'converting-';

/** Folders of every version and precision, and nothing else that may lie in the cache folder. */
const convertedFolderPattern = /^[0-9a-f]{20}-[a-z]+\d+-v\d+$/;

/** Converted weights that no start has used for so long are removed when others are made. */
const keptUnusedDays = 30;

export interface PreparedModel {
  /** Where the weights file is, and every graph that reads it. */
  readonly folder: string;
  readonly graphs: LanguageModelGraphs;
  readonly manifest: WeightManifest;
}

export type PreparationProgress = (stage: string, fraction: number) => void;

/**
 * Converted weights of a model in `cacheFolder`, made once per (fingerprint, precision) and then reused. The folder of a conversion
 * appears whole or not at all. Holds the thread for seconds.
 */
export function prepareModel(
  model: FrozenModel,
  precision: Precision,
  cacheFolder: string,
  onProgress: PreparationProgress,
): PreparedModel {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = join(cacheFolder, `${model.fingerprint.slice(0, 20)}-${precision}-v${conversionVersion}`);
  if (!existsSync(join(folder, manifestFile))) {
    sweepAbandoned(cacheFolder, (name) => name.startsWith(temporaryPrefix));
    sweepUnused(cacheFolder, (name) => convertedFolderPattern.test(name), keptUnusedDays);
    const temporary = mkdtempSync(join(cacheFolder, temporaryPrefix));
    try {
      const manifest = convert(model, precision, temporary, onProgress);
      writeFileSync(join(temporary, manifestFile), JSON.stringify(manifest), { flush: true });
      moveIntoPlace(temporary, folder, manifestFile);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  markUsed(folder);
  const manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as WeightManifest;
  return {
    folder,
    graphs: writeLanguageModelGraphs(folder, model.config, manifest, keyValueTypes[precision]),
    manifest,
  };
}

const conversions = { fp32: convertToFp32, fp16: convertToFp16, int8: convertToInt8 } as const;

/** Conversions write one tensor at a time, so that memory stays near the size of the largest. */
function convert(
  model: FrozenModel,
  precision: Precision,
  folder: string,
  onProgress: PreparationProgress,
): WeightManifest {
  return conversions[precision](model.config, model.source, join(folder, weightsFile), weightsFile, (fraction) =>
    onProgress(`convert to ${precision}`, fraction),
  );
}
