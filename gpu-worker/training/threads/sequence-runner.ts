import { LRUCache } from 'lru-cache';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { type KeyValues, LanguageModelRunner, noKeyValues } from '#gpu-worker/scoring/language-model-runner.ts';
import { LanguageModelGradient } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import type {
  SequenceResult,
  SequenceTask,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';
import { decodeHalfFloats, encodeHalfFloats } from '#shared/safetensors/half-float.ts';

/** Share of the store that training documents get; the dev queries' candidates come round more often. */
const trainShare = 0.2;

/** Runs sequences on one thread: the frozen prefix from its cache, the suffix forward, or forward and backward. */
export class SequenceRunner {
  readonly #forward: LanguageModelRunner;
  readonly #gradient: LanguageModelGradient;
  readonly #embeddings: EmbeddingTable;
  readonly #prefixes: Readonly<Record<SequenceTask['cache'], LRUCache<string, StoredPrefix>>>;

  private constructor(
    forward: LanguageModelRunner,
    gradient: LanguageModelGradient,
    embeddings: EmbeddingTable,
    prefixBytesMax: number,
  ) {
    this.#forward = forward;
    this.#gradient = gradient;
    this.#embeddings = embeddings;
    const store = (share: number) =>
      new LRUCache<string, StoredPrefix>({ maxSize: Math.floor(prefixBytesMax * share), sizeCalculation: bytesOf });
    this.#prefixes = { train: store(trainShare), dev: store(1 - trainShare) };
  }

  static async open(model: FrozenModel, options: TrainingThreadOptions): Promise<SequenceRunner> {
    return new SequenceRunner(
      // Mapped: the forward session makes prefixes and looks at dev queries; two repacked sessions a thread would pass 4 GB.
      await LanguageModelRunner.open(options.forwardGraphPath, model.config, 'map'),
      await LanguageModelGradient.open(options.gradientGraphPath, model.config),
      new EmbeddingTable(model.source),
      options.prefixBytesMax,
    );
  }

  async run(task: SequenceTask): Promise<SequenceResult> {
    const past = await this.#prefix(task);
    const embeddings = this.#embeddings.embed(task.suffix);
    const { width } = this.#embeddings;
    const { targetIds, gradientRows } = task;
    const first = embeddings.length / width - targetIds.length;
    const run = { embeddings, past, targetIds, targetRows: targetIds.map((_, index) => first + index) };
    if (gradientRows === null) {
      const values = await this.#forward.logProbabilities(run);
      return { meanNegativeLogLikelihood: meanNegative(values), gradient: null };
    }
    const result = await this.#gradient.run(run);
    const { start, length } = gradientRows;
    // The graph differentiates the sum over the targets; the loss is a function of their mean.
    const rows = result.embeddings.slice(start * width, (start + length) * width);
    for (let index = 0; index < rows.length; index += 1) rows[index] = (rows[index] ?? 0) / targetIds.length;
    return { meanNegativeLogLikelihood: meanNegative(result.logProbabilities), gradient: rows };
  }

  async close(): Promise<void> {
    await this.#forward.close();
    await this.#gradient.close();
  }

  /** Rounded to fp16 whether it was stored or not, so that a run does not depend on what the store had room for. */
  async #prefix(task: SequenceTask): Promise<KeyValues> {
    if (task.prefixIds.length === 0) return noKeyValues;
    const store = this.#prefixes[task.cache];
    const known = store.get(task.prefixKey);
    if (known !== undefined) return expand(known);
    const { length, tensors } = await this.#forward.keyValues(this.#embeddings.gather(task.prefixIds));
    const stored = { length, tensors: tensors.map((tensor) => encodeHalfFloats(tensor)) };
    // A look goes through all dev candidates in the same order: evicting the oldest would push each out just before it is asked for again.
    const room = store.calculatedSize + bytesOf(stored) <= store.maxSize;
    if (task.cache === 'train' || room) store.set(task.prefixKey, stored);
    return expand(stored);
  }
}

/** Keys and values in fp16: half the memory, 3.5 MB for 150 tokens of the default model. */
interface StoredPrefix {
  readonly length: number;
  readonly tensors: readonly Uint8Array[];
}

function expand({ length, tensors }: StoredPrefix): KeyValues {
  return { length, tensors: tensors.map((tensor) => decodeHalfFloats(tensor)) };
}

function bytesOf(prefix: StoredPrefix): number {
  return prefix.tensors.reduce((sum, tensor) => sum + tensor.byteLength, 1);
}

function meanNegative(logProbabilities: Float32Array): number {
  let sum = 0;
  for (const value of logProbabilities) sum -= value;
  return sum / logProbabilities.length;
}
