import { contextRoom, type DocumentRoom, fitDocument } from '#gpu-worker/q-peft/fit-document.ts';
import type { HintTokens } from '#gpu-worker/q-peft/hint-input.ts';
import {
  type AdapterParts,
  layoutPrefix,
  layoutSuffix,
  noAdapterParts,
  targetsOf,
} from '#gpu-worker/q-peft/layout-pair.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { measureStage, type StageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import type { PendingSequence, SuffixRuns } from '#gpu-worker/scoring/batch/suffix-runs.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { HintTrace } from '#gpu-worker/scoring/explanation/trace-hints.ts';
import type { HintMaker } from '#gpu-worker/scoring/hint-maker.ts';
import { type KeyValues, noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import type { FrozenPrefixes } from '#gpu-worker/scoring/prefix-cache/frozen-prefixes.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** One document against queries, in token ids. */
export interface TokenizedTask {
  readonly template: TokenTemplate;
  readonly documentIds: readonly number[];
  /** Most document tokens to keep; the context may force fewer. */
  readonly maxDocumentTokens: number;
  readonly queries: readonly (readonly number[])[];
  readonly adapter: ScoringAdapter | null;
  /** Whether scores come with what their hints were made from. */
  readonly explain?: boolean;
}

/** A score, and for a task to be explained what its hints were made from; null without hints. */
export type TracedScore = PairScore & { readonly trace?: HintTrace | null };

export interface ScoringAdapter {
  readonly hintLocation: 'suffix' | 'prefix';
  readonly softPrompt: Float32Array | null;
  /** Rows of the hint block that are not opening or closing, for a query of n tokens. */
  readonly hintRows: (queryTokens: number) => number;
  /** null for a soft prompt. */
  readonly hints: HintMaker | null;
  /** What the hints of a pair are made from; absent where there are none. */
  readonly trace?: (tokens: HintTokens) => Promise<HintTrace>;
}

export interface PairScorerOptions {
  readonly embeddings: EmbeddingTable;
  readonly prefixes: FrozenPrefixes;
  readonly contextLength: number;
}

/** Where the suffixes of a batch go, and where the time of this task is written down. */
export interface BatchPlace {
  readonly suffixes: SuffixRuns;
  readonly times: StageTimes;
}

/** The scores of a task that was laid out; to be called when all suffixes were run. Throws what went wrong in them. */
export type PendingScores = () => TracedScore[];

/**
 * Lays pairs out as method.md section 2 does. The prefix always is a run of its own and the suffix another, warm or cold: a score then cannot
 * depend on caching, by construction, on any processor.
 */
export class PairScorer {
  readonly #options: PairScorerOptions;

  constructor(options: PairScorerOptions) {
    this.#options = options;
  }

  /** Hints and prefixes of every query of the task; the suffixes are handed over, to be run with those of other tasks. */
  async layOut(task: TokenizedTask, place: BatchPlace): Promise<PendingScores> {
    const pending: (() => TracedScore)[] = [];
    let prefix: { readonly documentTokens: number; readonly keyValues: KeyValues } | null = null;
    for (const query of task.queries) {
      const documentIds = this.#fitDocument(task, query);
      const adapter = await this.#adapterParts(task, query, documentIds, place.times);
      const shared = adapter.parts.hints === null || adapter.parts.hintLocation === 'suffix';
      if (prefix === null || !shared || prefix.documentTokens !== documentIds.length) {
        const parts = layoutPrefix(task.template, documentIds, adapter.parts);
        const keyValues = await this.#options.prefixes.keyValues(parts, place.times);
        prefix = { documentTokens: documentIds.length, keyValues };
      }
      const targetIds = targetsOf(task.template, query);
      const embeddings = this.#options.embeddings.embed(layoutSuffix(task.template, targetIds, adapter.parts));
      const sequence = await this.#handOver(embeddings, prefix.keyValues, targetIds, place);
      pending.push(() => ({
        ...summarise(targetIds, sequence.values()),
        documentTokens: documentIds.length,
        truncated: documentIds.length < task.documentIds.length,
        ...(adapter.selectedIds === null ? {} : { selectedIds: adapter.selectedIds }),
        ...(task.explain === true ? { trace: adapter.trace } : {}),
      }));
    }
    return () => pending.map((score) => score());
  }

  /** Document tokens that the context has room for beside a query and the adapter's rows. */
  roomFor(task: Pick<TokenizedTask, 'template' | 'adapter'>, query: readonly number[]): number {
    return contextRoom(this.#roomOf(task, query));
  }

  /** log p(target | prompt, targets so far), in one run: nothing of it could be kept. */
  async layOutTokens(
    promptIds: readonly number[],
    targetIds: readonly number[],
    place: BatchPlace,
  ): Promise<PendingScores> {
    const { contextLength } = this.#options;
    const length = promptIds.length + targetIds.length;
    if (length > contextLength + 1) {
      throw new ServiceError(
        'invalid_request',
        `prompt and targets have ${length} tokens, the model's context is ${contextLength}`,
      );
    }
    const embeddings = this.#options.embeddings.gather([...promptIds, ...targetIds.slice(0, -1)]);
    const sequence = await this.#handOver(embeddings, noKeyValues, targetIds, place);
    return () => [{ ...summarise(targetIds, sequence.values()), documentTokens: promptIds.length, truncated: false }];
  }

  #handOver(
    embeddings: Float32Array,
    past: KeyValues,
    targetIds: readonly number[],
    { suffixes, times }: BatchPlace,
  ): Promise<PendingSequence> {
    const first = embeddings.length / this.#options.embeddings.width - targetIds.length;
    const targetRows = targetIds.map((_, index) => first + index);
    return suffixes.add({ embeddings, past, targetRows, targetIds }, times);
  }

  #fitDocument(task: TokenizedTask, query: readonly number[]): readonly number[] {
    return fitDocument(task.documentIds, { ...this.#roomOf(task, query), maxDocumentTokens: task.maxDocumentTokens });
  }

  #roomOf(
    { template, adapter }: Pick<TokenizedTask, 'template' | 'adapter'>,
    query: readonly number[],
  ): Omit<DocumentRoom, 'maxDocumentTokens'> {
    const hintRows =
      adapter === null || adapter.hints === null
        ? 0
        : adapter.hintRows(query.length) + template.hintOpen.length + template.hintClose.length;
    const softPromptRows = adapter?.softPrompt ? adapter.softPrompt.length / this.#options.embeddings.width : null;
    const { contextLength } = this.#options;
    return { template, contextLength, queryTokens: query.length, hintRows, softPromptRows };
  }

  async #adapterParts(
    task: TokenizedTask,
    query: readonly number[],
    document: readonly number[],
    times: StageTimes,
  ): Promise<{ parts: AdapterParts; selectedIds: readonly number[] | null; trace: HintTrace | null }> {
    const { adapter, template } = task;
    if (adapter === null) return { parts: noAdapterParts, selectedIds: null, trace: null };
    const { hintLocation, softPrompt, hints } = adapter;
    if (hints === null) return { parts: { hints: null, hintLocation, softPrompt }, selectedIds: null, trace: null };
    const tokens = { open: template.hintOpen, close: template.hintClose, query, document };
    const made = await measureStage(times, 'hintsMs', () => hints.make(tokens));
    const trace = task.explain === true ? ((await adapter.trace?.(tokens)) ?? null) : null;
    return { parts: { hints: made.rows, hintLocation, softPrompt }, selectedIds: made.selectedIds, trace };
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
