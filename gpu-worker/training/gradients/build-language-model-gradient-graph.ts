import { buildGradientGraph } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import { buildSuffixGraph, type SuffixGraphOptions } from '#gpu-worker/language-model/build-suffix-graph.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import type { Graph } from '#gpu-worker/onnx/graph.ts';

/**
 * The suffix graph (build-suffix-graph.ts: same inputs and outputs) with one more output: `embeddings_gradient` float32 [S, D],
 * d(Σ −log p(targets))/d(embeddings). Weights and cached keys and values are constants. float32 weights only.
 */
export function buildLanguageModelGradientGraph(
  config: ModelConfig,
  manifest: WeightManifest,
  options: SuffixGraphOptions,
): Graph {
  return buildGradientGraph(buildSuffixGraph(config, manifest, options), {
    upstream: [{ output: 'log_probabilities', gradient: { constant: -1 } }],
    withRespectTo: ['embeddings'],
  });
}
