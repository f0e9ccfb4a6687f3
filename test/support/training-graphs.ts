import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { PreparedModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { writeLanguageModelGraphs } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import { prepareGradientGraph } from '#gpu-worker/training/gradients/language-model-gradient.ts';

/** The graphs of a training thread, as `openTraining` writes them. */
export function trainingGraphs({ config }: FrozenModel, prepared: PreparedModel) {
  return {
    graphs: writeLanguageModelGraphs(prepared.folder, config, prepared.manifest, 'float16'),
    gradientGraph: prepareGradientGraph(config, prepared, { slots: 3, keyValueType: 'float16' }),
  };
}
