import { dirname } from 'node:path';
import { gradientName } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { LanguageModelRunner, type TargetRun } from '#gpu-worker/scoring/language-model-runner.ts';
import type { PreparedModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { writeGraphFile } from '#gpu-worker/scoring/prepared-model/write-graph-file.ts';
import { buildLanguageModelGradientGraph } from '#gpu-worker/training/gradients/build-language-model-gradient-graph.ts';

export interface TargetGradient {
  /** log p of each target, nats: float32 [N]. */
  readonly logProbabilities: Float32Array;
  /** d(Σ −log p)/d(embeddings): float32 [S, D]; divided by N it is the gradient of the mean NLL. */
  readonly embeddings: Float32Array;
}

/** Forward and backward pass of the frozen LLM in one run. Like all sessions it holds the calling thread. */
export class LanguageModelGradient {
  readonly #runner: LanguageModelRunner;

  private constructor(runner: LanguageModelRunner) {
    this.#runner = runner;
  }

  /** @param graphPath what `prepareGradientGraph` returned */
  static async open(graphPath: string, config: ModelConfig): Promise<LanguageModelGradient> {
    return new LanguageModelGradient(await LanguageModelRunner.open(graphPath, config));
  }

  async run(run: TargetRun): Promise<TargetGradient> {
    const outputs = await this.#runner.outputs(run, ['log_probabilities', gradientName('embeddings')]);
    const logProbabilities = outputs['log_probabilities'];
    const embeddings = outputs[gradientName('embeddings')];
    if (logProbabilities === undefined || embeddings === undefined)
      throw new Error('the gradient graph returned nothing');
    return { logProbabilities, embeddings };
  }

  async close(): Promise<void> {
    await this.#runner.close();
  }
}

/** Writes the gradient graph beside the converted weights that it reads, and returns its path. */
export function prepareGradientGraph(config: ModelConfig, prepared: PreparedModel): string {
  const graph = buildLanguageModelGradientGraph(config, prepared.manifest);
  return writeGraphFile(dirname(prepared.graphPath), 'language-model-gradient', graph);
}
