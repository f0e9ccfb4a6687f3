import { existsSync } from 'node:fs';
import { ModelSession, type SessionSettings, type SessionTensor } from '#gpu-worker/engine/model-session.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { RotaryTable } from '#gpu-worker/language-model/rotary-table.ts';
import type {
  GraphFiles,
  LanguageModelGraphs,
} from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import { type KeyValues, suffixFeeds, type TargetRun } from '#gpu-worker/scoring/suffix-feeds.ts';

/** Runs of the frozen LLM: one session makes keys and values of prefixes, another reads them and scores suffixes. */
export class LanguageModelRunner {
  readonly #prefix: ModelSession;
  readonly #suffix: ModelSession;
  readonly #graphs: LanguageModelGraphs;
  readonly #config: ModelConfig;
  readonly #rotary: RotaryTable;

  private constructor(prefix: ModelSession, suffix: ModelSession, graphs: LanguageModelGraphs, config: ModelConfig) {
    this.#prefix = prefix;
    this.#suffix = suffix;
    this.#graphs = graphs;
    this.#config = config;
    this.#rotary = new RotaryTable(config);
  }

  static async open(
    graphs: LanguageModelGraphs,
    config: ModelConfig,
    settings: SessionSettings = {},
  ): Promise<LanguageModelRunner> {
    const { prefixPath, suffixPath } = findGraphFiles(graphs);
    const prefix = await ModelSession.open(prefixPath, settings);
    const suffix = await ModelSession.open(suffixPath, settings);
    return new LanguageModelRunner(prefix, suffix, graphs, config);
  }

  /** Sequences that one call of `logProbabilities` takes. */
  get slots(): number {
    return this.#graphs.slots;
  }

  /** Keys and values of a prefix, float32 [S, D], in the type that the graphs keep them in; all of them in one stretch of memory. */
  async keyValues(embeddings: Float32Array): Promise<KeyValues> {
    const { hiddenSize, headSize, keyValueHeads, layers } = this.#config;
    const { keyValueType } = this.#graphs;
    const length = embeddings.length / hiddenSize;
    const rotary = this.#rotary.slice(0, length);
    const feeds = {
      embeddings: { type: 'float32', shape: [length, hiddenSize], data: embeddings },
      rotary_cosine: { type: 'float32', shape: [1, length, headSize / 2], data: rotary.cosine },
      rotary_sine: { type: 'float32', shape: [1, length, headSize / 2], data: rotary.sine },
    } as const;
    const size = keyValueHeads * length * headSize;
    const whole = keyValueType === 'float16' ? new Uint16Array(2 * layers * size) : new Float32Array(2 * layers * size);
    const tensors = Array.from({ length: 2 * layers }, (_, index) => whole.subarray(index * size, (index + 1) * size));
    const outputs: Record<string, SessionTensor> = {};
    for (const [index, data] of tensors.entries()) {
      const name = `present.${Math.floor(index / 2)}.${index % 2 === 0 ? 'key' : 'value'}`;
      outputs[name] = { type: keyValueType, shape: [1, keyValueHeads, length, headSize], data };
    }
    await this.#prefix.runInto(feeds, outputs);
    return { length, tensors };
  }

  /** log p of each sequence's targets, nats: float32 [N] each. At most `slots` sequences. */
  async logProbabilities(runs: readonly TargetRun[]): Promise<Float32Array[]> {
    const all = outputOf(await this.outputs(runs, ['log_probabilities']), 'log_probabilities');
    let next = 0;
    return runs.map(({ targetIds }) => {
      const start = next;
      next += targetIds.length;
      return all.slice(start, next);
    });
  }

  /** Outputs of the suffix graph by name, [N, …], of all sequences behind each other; for tests and calibration. */
  async outputs(runs: readonly TargetRun[], names: readonly string[]): Promise<Record<string, Float32Array>> {
    const { feeds, targets } = suffixFeeds(runs, this.#graphs, this.#config, this.#rotary);
    const outputs = await this.#suffix.run(feeds, names);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => [
        name,
        values.subarray(0, (values.length / targets.all) * targets.own),
      ]),
    );
  }

  async close(): Promise<void> {
    await this.#prefix.close();
    await this.#suffix.close();
  }
}

/** The packed ones, unless a later start of the product has removed them: those of the weights' own folder give the same bits. */
function findGraphFiles({ packed, prefixPath, suffixPath }: LanguageModelGraphs): GraphFiles {
  return packed !== null && existsSync(packed.prefixPath) ? packed : { prefixPath, suffixPath };
}

function outputOf<Values>(outputs: Readonly<Record<string, Values>>, name: string): Values {
  const values = outputs[name];
  if (values === undefined) throw new Error(`the run returned no "${name}"`);
  return values;
}
