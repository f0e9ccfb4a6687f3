import { buildPrefixGraph } from '#gpu-worker/language-model/build-prefix-graph.ts';
import { buildSuffixGraph } from '#gpu-worker/language-model/build-suffix-graph.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { blockTypeOf, type KeyValueType } from '#gpu-worker/language-model/open-graph.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { suffixRunSize } from '#gpu-worker/scoring/batch/suffix-run-size.ts';
import { writeGraphFile } from '#gpu-worker/scoring/prepared-model/write-graph-file.ts';

export interface GraphFiles {
  readonly prefixPath: string;
  readonly suffixPath: string;
}

/** The graphs that score, in the folder of their weights file. */
export interface LanguageModelGraphs extends GraphFiles {
  /** The same with weights that are packed for this machine, which all sessions map (pack-weights.ts); null where each session packs its own. */
  readonly packed: GraphFiles | null;
  /** Sequences of one run of the suffix graph. */
  readonly slots: number;
  readonly keyValueType: KeyValueType;
  /** What attention computes in: keys and values before they are rounded. */
  readonly exactType: KeyValueType;
}

/** Four suffixes of 40 tokens fill a run of 160 rows: below that, streaming the weights is most of the time; above, the activations leave the cache. */
const slots = suffixRunSize.sequences;

export function writeLanguageModelGraphs(
  folder: string,
  config: ModelConfig,
  manifest: WeightManifest,
  keyValueType: KeyValueType,
): LanguageModelGraphs {
  return {
    prefixPath: writeGraphFile(folder, 'prefix', buildPrefixGraph(config, manifest, keyValueType)),
    suffixPath: writeGraphFile(folder, 'suffix', buildSuffixGraph(config, manifest, { slots, keyValueType })),
    packed: null,
    slots,
    keyValueType,
    exactType: blockTypeOf(manifest),
  };
}
