import { fitDocument } from '#gpu-worker/q-peft/fit-document.ts';
import {
  type AdapterParts,
  layoutPrefix,
  layoutSuffix,
  noAdapterParts,
  targetsOf,
} from '#gpu-worker/q-peft/layout-pair.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { HintMaker } from '#gpu-worker/scoring/hint-maker.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import { type KeyValues, noKeyValues } from '#gpu-worker/scoring/suffix-feeds.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** One document against queries, in token ids. */
export interface TokenizedTask {
  readonly template: TokenTemplate;
  readonly documentIds: readonly number[];
  /** Most document tokens to keep; the context may force fewer. */
  readonly maxDocumentTokens: number;
  readonly queries: readonly (readonly number[])[];
  readonly adapter: ScoringAdapter | null;
}

export interface ScoringAdapter {
  readonly hintLocation: 'suffix' | 'prefix';
  readonly softPrompt: Float32Array | null;
  /** Rows of the hint block that are not opening or closing, for a query of n tokens. */
  readonly hintRows: (queryTokens: number) => number;
  /** null for a soft prompt. */
  readonly hints: HintMaker | null;
}

/**
 * Scores pairs as method.md section 2 lays them out. The prefix always is a run of its own and the suffix another, warm or cold: a
 * score then cannot depend on caching, by construction, on any processor.
 */
export class PairScorer {
  readonly #runner: LanguageModelRunner;
  readonly #embeddings: EmbeddingTable;
  readonly #contextLength: number;

  constructor(runner: LanguageModelRunner, embeddings: EmbeddingTable, contextLength: number) {
    this.#runner = runner;
    this.#embeddings = embeddings;
    this.#contextLength = contextLength;
  }

  async score(task: TokenizedTask): Promise<PairScore[]> {
    const scores: PairScore[] = [];
    let prefix: { readonly documentTokens: number; readonly keyValues: KeyValues } | null = null;
    for (const query of task.queries) {
      const documentIds = this.#fitDocument(task, query);
      const adapter = await this.#adapterParts(task, query, documentIds);
      const shared = adapter.parts.hints === null || adapter.parts.hintLocation === 'suffix';
      if (prefix === null || !shared || prefix.documentTokens !== documentIds.length) {
        const parts = layoutPrefix(task.template, documentIds, adapter.parts);
        const keyValues = await this.#runner.keyValues(this.#embeddings.embed(parts));
        prefix = { documentTokens: documentIds.length, keyValues };
      }
      const targetIds = targetsOf(task.template, query);
      const embeddings = this.#embeddings.embed(layoutSuffix(task.template, targetIds, adapter.parts));
      const values = await this.#targets(embeddings, prefix.keyValues, targetIds);
      scores.push({
        ...summarise(targetIds, values),
        documentTokens: documentIds.length,
        truncated: documentIds.length < task.documentIds.length,
        ...(adapter.selectedIds === null ? {} : { selectedIds: adapter.selectedIds }),
      });
    }
    return scores;
  }

  /** log p(target | prompt, targets so far), in one run. */
  async scoreTokens(promptIds: readonly number[], targetIds: readonly number[]): Promise<PairScore> {
    const length = promptIds.length + targetIds.length;
    if (length > this.#contextLength + 1) {
      throw new ServiceError(
        'invalid_request',
        `prompt and targets have ${length} tokens, the model's context is ${this.#contextLength}`,
      );
    }
    const embeddings = this.#embeddings.gather([...promptIds, ...targetIds.slice(0, -1)]);
    const values = await this.#targets(embeddings, noKeyValues, targetIds);
    return { ...summarise(targetIds, values), documentTokens: promptIds.length, truncated: false };
  }

  async #targets(embeddings: Float32Array, past: KeyValues, targetIds: readonly number[]): Promise<Float32Array> {
    const first = embeddings.length / this.#embeddings.width - targetIds.length;
    const targetRows = targetIds.map((_, index) => first + index);
    const [values] = await this.#runner.logProbabilities([{ embeddings, past, targetRows, targetIds }]);
    if (values === undefined) throw new Error('the run returned nothing for its sequence');
    return values;
  }

  #fitDocument(task: TokenizedTask, query: readonly number[]): readonly number[] {
    const { template, adapter } = task;
    const hintRows =
      adapter === null || adapter.hints === null
        ? 0
        : adapter.hintRows(query.length) + template.hintOpen.length + template.hintClose.length;
    const softPromptRows = adapter?.softPrompt ? adapter.softPrompt.length / this.#embeddings.width : null;
    return fitDocument(task.documentIds, {
      template,
      contextLength: this.#contextLength,
      maxDocumentTokens: task.maxDocumentTokens,
      queryTokens: query.length,
      hintRows,
      softPromptRows,
    });
  }

  async #adapterParts(
    task: TokenizedTask,
    query: readonly number[],
    document: readonly number[],
  ): Promise<{ parts: AdapterParts; selectedIds: readonly number[] | null }> {
    const { adapter, template } = task;
    if (adapter === null) return { parts: noAdapterParts, selectedIds: null };
    const { hintLocation, softPrompt } = adapter;
    if (adapter.hints === null) return { parts: { hints: null, hintLocation, softPrompt }, selectedIds: null };
    const made = await adapter.hints.make({ open: template.hintOpen, close: template.hintClose, query, document });
    return { parts: { hints: made.rows, hintLocation, softPrompt }, selectedIds: made.selectedIds };
  }
}

function summarise(targetIds: readonly number[], values: Float32Array) {
  let sum = 0;
  for (const value of values) sum += value;
  const meanLogLikelihood = sum / values.length;
  if (!Number.isFinite(meanLogLikelihood)) {
    throw new Error(`the log-likelihood of ${values.length} targets is ${meanLogLikelihood}, not a finite number`);
  }
  return { meanLogLikelihood, targetIds, targetLogLikelihoods: values };
}
