import { gradientName } from '#gpu-worker/autodiff/build-gradient-graph.ts';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import type { SessionMemory } from '#gpu-worker/engine/session-options.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { RotaryTable } from '#gpu-worker/language-model/rotary-table.ts';
import type { PreparedModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { writeGraphFile } from '#gpu-worker/scoring/prepared-model/write-graph-file.ts';
import { type SuffixShape, suffixFeeds, type TargetRun } from '#gpu-worker/scoring/suffix-feeds.ts';
import { buildLanguageModelGradientGraph } from '#gpu-worker/training/gradients/build-language-model-gradient-graph.ts';

export interface TargetGradient {
  /** log p of each target, nats: float32 [N]. */
  readonly logProbabilities: Float32Array;
  /** d(Σ −log p)/d(embeddings): float32 [S, D]; divided by N it is the gradient of the mean NLL. */
  readonly embeddings: Float32Array;
}

/** The gradient graph's file, and the shape of its runs. */
export interface GradientGraph extends SuffixShape {
  readonly path: string;
}

/** Forward and backward pass of the frozen LLM in one run. Like all sessions it holds the calling thread. */
export class LanguageModelGradient {
  readonly #session: ModelSession;
  readonly #graph: GradientGraph;
  readonly #config: ModelConfig;
  readonly #rotary: RotaryTable;

  private constructor(session: ModelSession, graph: GradientGraph, config: ModelConfig) {
    this.#session = session;
    this.#graph = graph;
    this.#config = config;
    this.#rotary = new RotaryTable(config);
  }

  static async open(
    graph: GradientGraph,
    config: ModelConfig,
    memory: SessionMemory = 'repack',
  ): Promise<LanguageModelGradient> {
    return new LanguageModelGradient(await ModelSession.open(graph.path, { memory }), graph, config);
  }

  /** Sequences that one `run` takes. */
  get slots(): number {
    return this.#graph.slots;
  }

  /** One result a sequence; none depends on the others of its run. */
  async run(runs: readonly TargetRun[]): Promise<TargetGradient[]> {
    const { feeds, starts } = suffixFeeds(runs, this.#graph, this.#config, this.#rotary);
    const outputs = await this.#session.run(feeds, ['log_probabilities', gradientName('embeddings')]);
    const logProbabilities = outputs['log_probabilities'];
    const embeddings = outputs[gradientName('embeddings')];
    if (logProbabilities === undefined || embeddings === undefined)
      throw new Error('the gradient graph returned nothing');
    let next = 0;
    return runs.map((run, slot) => {
      const [target, start] = [next, (starts[slot] ?? 0) * this.#config.hiddenSize];
      next += run.targetIds.length;
      return {
        logProbabilities: logProbabilities.slice(target, next),
        embeddings: embeddings.slice(start, start + run.embeddings.length),
      };
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** Writes the gradient graph beside the converted weights that it reads. */
export function prepareGradientGraph(config: ModelConfig, prepared: PreparedModel, shape: SuffixShape): GradientGraph {
  const graph = buildLanguageModelGradientGraph(config, prepared.manifest, shape);
  return { ...shape, path: writeGraphFile(prepared.folder, 'gradient', graph) };
}
