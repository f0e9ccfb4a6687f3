import { existsSync } from 'node:fs';
import { ModelSession, type SessionSettings, type SessionTensor } from '#gpu-worker/engine/model-session.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { KeyValueType } from '#gpu-worker/language-model/open-graph.ts';
import { RotaryTable } from '#gpu-worker/language-model/rotary-table.ts';
import { addKeyValues, emptyKeyValues, type KeyValues, noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import type {
  GraphFiles,
  LanguageModelGraphs,
} from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import { suffixFeeds, type TargetRun } from '#gpu-worker/scoring/suffix-feeds.ts';

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

  /** Keys and values of a prefix, float32 [S, D] behind `past`, and of that past, in the type that the graphs keep them in; in one stretch of memory. */
  async keyValues(embeddings: Float32Array, past: KeyValues = noKeyValues): Promise<KeyValues> {
    return this.#runPrefix(embeddings, past, 'present', this.#graphs.keyValueType);
  }

  /** Those of tokens that many prefixes begin with, before they are rounded: the `past` of such a prefix. */
  async sharedKeyValues(embeddings: Float32Array): Promise<KeyValues> {
    return this.#runPrefix(embeddings, noKeyValues, 'exact', this.#graphs.exactType);
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

  async #runPrefix(
    embeddings: Float32Array,
    past: KeyValues,
    output: 'present' | 'exact',
    type: KeyValueType,
  ): Promise<KeyValues> {
    const { hiddenSize, headSize } = this.#config;
    const length = embeddings.length / hiddenSize;
    const rotary = this.#rotary.slice(past.length, length);
    const feeds: Record<string, SessionTensor> = {
      embeddings: { type: 'float32', shape: [length, hiddenSize], data: embeddings },
      rotary_cosine: { type: 'float32', shape: [1, length, headSize / 2], data: rotary.cosine },
      rotary_sine: { type: 'float32', shape: [1, length, headSize / 2], data: rotary.sine },
      exact_length: { type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(output === 'exact' ? length : 0)) },
    };
    addKeyValues(feeds, 'past', past, this.#graphs.exactType, this.#config);
    const made = emptyKeyValues(past.length + length, type, this.#config);
    const outputs: Record<string, SessionTensor> = {};
    addKeyValues(outputs, output, made, type, this.#config);
    await this.#prefix.runInto(feeds, outputs);
    return made;
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
