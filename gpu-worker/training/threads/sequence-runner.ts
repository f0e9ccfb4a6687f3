import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { type KeyValues, noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import type { TargetRun } from '#gpu-worker/scoring/suffix-feeds.ts';
import { LanguageModelGradient, type TargetGradient } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import { GrowingBuffer, PrefixStore } from '#gpu-worker/training/threads/prefix-store.ts';
import type {
  SequenceResult,
  SequenceTask,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';

/** Runs sequences on one thread: the frozen prefixes from their store, the suffixes together, forward, or forward and backward. */
export class SequenceRunner {
  readonly #forward: LanguageModelRunner;
  readonly #gradient: LanguageModelGradient;
  readonly #embeddings: EmbeddingTable;
  readonly #prefixes: PrefixStore;
  /** One a slot: what a run reads stays untouched until the run is done. */
  readonly #buffers: GrowingBuffer[] = [];

  private constructor(
    forward: LanguageModelRunner,
    gradient: LanguageModelGradient,
    embeddings: EmbeddingTable,
    prefixes: PrefixStore,
  ) {
    this.#forward = forward;
    this.#gradient = gradient;
    this.#embeddings = embeddings;
    this.#prefixes = prefixes;
  }

  static async open(model: FrozenModel, options: TrainingThreadOptions): Promise<SequenceRunner> {
    return new SequenceRunner(
      // Mapped: all sessions share one copy of the weights, and several sequences a run make up for what repacking would gain.
      await LanguageModelRunner.open(options.graphs, model.config, { memory: 'map' }),
      await LanguageModelGradient.open(options.gradientGraph, model.config, 'map'),
      new EmbeddingTable(model.source),
      new PrefixStore(options.prefixFolder, model.config, options.prefixBytesMax),
    );
  }

  /** One result a task; all ask for a gradient, or none does. A result does not depend on what else is in the run. */
  async run(tasks: readonly SequenceTask[]): Promise<SequenceResult[]> {
    const runs: TargetRun[] = [];
    for (const [slot, task] of tasks.entries()) runs.push(await this.#layOut(task, slot));
    if (tasks.every(({ gradientRows }) => gradientRows === null)) {
      const values = await this.#forward.logProbabilities(runs);
      return values.map((own) => ({ meanNegativeLogLikelihood: meanNegative(own), gradient: null }));
    }
    const results = await this.#gradient.run(runs);
    return results.map((result, index) => this.#withRows(result, tasks[index]?.gradientRows ?? null));
  }

  async close(): Promise<void> {
    await this.#forward.close();
    await this.#gradient.close();
  }

  async #layOut(task: SequenceTask, slot: number): Promise<TargetRun> {
    const past = await this.#prefix(task.prefixIds, slot);
    const embeddings = this.#embeddings.embed(task.suffix);
    const { targetIds } = task;
    const first = embeddings.length / this.#embeddings.width - targetIds.length;
    return { embeddings, past, targetIds, targetRows: targetIds.map((_, index) => first + index) };
  }

  #withRows(result: TargetGradient, rows: SequenceTask['gradientRows']): SequenceResult {
    if (rows === null) throw new Error('a run with gradients has a sequence that asks for none');
    const { width } = this.#embeddings;
    const gradient = result.embeddings.slice(rows.start * width, (rows.start + rows.length) * width);
    // The graph differentiates the sum over the targets; the loss is a function of their mean.
    const targets = result.logProbabilities.length;
    for (let index = 0; index < gradient.length; index += 1) gradient[index] = (gradient[index] ?? 0) / targets;
    return { meanNegativeLogLikelihood: meanNegative(result.logProbabilities), gradient };
  }

  /** In float16 whether it was stored or not, so that a run does not depend on what the store had room for. */
  async #prefix(ids: readonly number[], slot: number): Promise<KeyValues> {
    if (ids.length === 0) return noKeyValues;
    this.#buffers[slot] ??= new GrowingBuffer();
    const known = this.#prefixes.get(ids, this.#buffers[slot]);
    if (known !== null) return known;
    const made = await this.#forward.keyValues(this.#embeddings.gather(ids));
    this.#prefixes.set(ids, made);
    return made;
  }
}

function meanNegative(logProbabilities: Float32Array): number {
  let sum = 0;
  for (const value of logProbabilities) sum -= value;
  return sum / logProbabilities.length;
}
