import type { ExecutionDevice } from '#gpu-worker/engine/execution-device.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { defaultTemplate, resolveTemplate, type TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type {
  BatchEntry,
  BatchResult,
  ScoringWork,
  TaskOutcome,
  TaskResult,
} from '#gpu-worker/scoring/batch/scoring-work.ts';
import { emptyStageTimes, measureStage } from '#gpu-worker/scoring/batch/stage-times.ts';
import { SuffixRuns } from '#gpu-worker/scoring/batch/suffix-runs.ts';
import { tokenizeDocument } from '#gpu-worker/scoring/chunks/tokenize-document.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { explainScore } from '#gpu-worker/scoring/explanation/explain-score.ts';
import { traceHints } from '#gpu-worker/scoring/explanation/trace-hints.ts';
import { HintMaker, HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import { KnownTexts } from '#gpu-worker/scoring/known-texts.ts';
import { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import {
  type BatchPlace,
  PairScorer,
  type PendingScores,
  type ScoringAdapter,
  type TracedScore,
} from '#gpu-worker/scoring/pair-scorer.ts';
import { FrozenPrefixes } from '#gpu-worker/scoring/prefix-cache/frozen-prefixes.ts';
import { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';
import type { LanguageModelGraphs } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import type { ChunkTask, QueryTask, ScoreTask, TokenTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { TokenDescriptions } from '#gpu-worker/scoring/token-descriptions.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

interface LoadedAdapter {
  readonly template: TemplateName;
  readonly scoring: ScoringAdapter;
}

export interface DocumentScorerOptions {
  readonly graphs: LanguageModelGraphs;
  readonly device: ExecutionDevice;
  /** Bytes of the keys and values that are kept. */
  readonly prefixBytesMax: number;
  readonly now: () => number;
}

/** From texts to scores on one thread, batch by batch: tokenises, resolves template and adapter, lays out, runs. */
export class DocumentScorer {
  readonly #now: () => number;
  readonly #texts: KnownTexts | null;
  readonly #embeddings: EmbeddingTable;
  readonly #hintSessions: HintSessions;
  readonly #runner: LanguageModelRunner;
  readonly #prefixes: PrefixCache;
  readonly #scorer: PairScorer;
  readonly #descriptions: TokenDescriptions | null;
  readonly #templates = new Map<TemplateName, TokenTemplate>();
  readonly #adapters = new Map<string, LoadedAdapter>();

  private constructor(model: FrozenModel, runner: LanguageModelRunner, { prefixBytesMax, now }: DocumentScorerOptions) {
    const embeddings = new EmbeddingTable(model.source);
    const cache = new PrefixCache(prefixBytesMax);
    const prefixes = new FrozenPrefixes({ runner, embeddings, cache });
    this.#now = now;
    this.#texts = model.tokenizer === null ? null : new KnownTexts(model.tokenizer);
    this.#embeddings = embeddings;
    this.#hintSessions = new HintSessions(model.config.hiddenSize);
    this.#runner = runner;
    this.#prefixes = cache;
    this.#scorer = new PairScorer({ embeddings, prefixes, contextLength: model.config.contextLength });
    this.#descriptions = model.tokenizer === null ? null : new TokenDescriptions(model.tokenizer);
  }

  static async open(model: FrozenModel, options: DocumentScorerOptions): Promise<DocumentScorer> {
    const { graphs, device } = options;
    return new DocumentScorer(model, await LanguageModelRunner.open(graphs, model.config, { device }), options);
  }

  async close(): Promise<void> {
    await this.#hintSessions.close();
    await this.#runner.close();
  }

  /** Scores the tasks together. One that cannot be scored fails alone; a score does not depend on what else is in the batch. */
  async scoreBatch(entries: readonly BatchEntry[]): Promise<BatchResult<unknown>> {
    const suffixes = new SuffixRuns({
      runner: this.#runner,
      width: this.#embeddings.width,
      onFlushed: () => this.#prefixes.release(),
    });
    const pending: (() => TaskOutcome<unknown>)[] = [];
    const clockStartMs = this.#now() - performance.now();
    for (const { work, deadlineAtMs, isTraced } of entries) {
      const times = emptyStageTimes(isTraced ? clockStartMs : undefined);
      try {
        if (deadlineAtMs !== undefined && deadlineAtMs <= this.#now()) throw new ServiceError('deadline_exceeded');
        const result = await this.#layOut(work, { suffixes, times });
        pending.push(() => ({ ...result(), times }));
      } catch (error) {
        pending.push(() => ({ kind: 'failed', error }));
      }
    }
    await suffixes.flush();
    return { outcomes: pending.map(settle), runs: suffixes.done, prefixes: this.#prefixes.statistics() };
  }

  async loadAdapter(digest: string, adapter: AdapterFile): Promise<void> {
    const runner = await this.#hintSessions.runnerFor(adapter);
    const { method, k, hintLocation, template } = adapter.config;
    const descriptions = this.#descriptions;
    if (descriptions === null)
      throw new ServiceError('invalid_adapter', 'The model has no tokenizer, so no adapter fits it.');
    const hints = runner === null ? null : new HintMaker(adapter, this.#embeddings, runner, descriptions);
    this.#adapters.set(digest, {
      template,
      scoring: {
        hintLocation,
        softPrompt: adapter.softPrompt?.values ?? null,
        hintRows: (queryTokens) => (method === 'attend' ? queryTokens : k),
        hints,
        ...(hints === null ? {} : { trace: (tokens) => traceHints(hints, this.#hintSessions, tokens) }),
      },
    });
  }

  unloadAdapter(digest: string): void {
    this.#adapters.delete(digest);
  }

  async #layOut(work: ScoringWork, place: BatchPlace): Promise<() => TaskResult> {
    switch (work.kind) {
      case 'score':
        return this.#layOutDocument(work.task, place);
      case 'chunk':
        return scored(await this.#layOutChunk(work.task, place));
      case 'query':
        return scored(await this.#layOutQuery(work.task, place));
      case 'tokens':
        return scored(await this.#layOutTokens(work.task, place));
    }
  }

  async #layOutDocument(task: ScoreTask, place: BatchPlace): Promise<() => TaskResult> {
    const { texts, template, adapter } = this.#resolve(task);
    const tokenized = await measureStage(place.times, 'tokenizeMs', () =>
      tokenizeDocument(task, texts, template, (query) => this.#scorer.roomFor({ template, adapter }, query)),
    );
    if ('split' in tokenized) return () => ({ kind: 'split', split: tokenized.split });
    const { lexicalMatches, ...whole } = tokenized.whole;
    const { documentIds, queries } = whole;
    const scores = await this.#scorer.layOut({ ...whole, template, adapter, explain: task.explain === true }, place);
    const explained = (score: TracedScore, index: number) => {
      const firstToken = template.keep === 'start' ? 0 : documentIds.length - score.documentTokens;
      const pair = { document: task.document, documentIds, firstToken, queryIds: queries[index] ?? [] };
      return explainScore(texts.tokenizer, score, { template, ...pair, query: task.queries[index] ?? '' });
    };
    return scored(() =>
      scores().map((score, index) => ({ ...explained(score, index), lexicalMatch: lexicalMatches[index] ?? 0 })),
    );
  }

  async #layOutChunk(task: ChunkTask, place: BatchPlace): Promise<PendingScores> {
    const { texts, template, adapter } = this.#resolve(task);
    const ids = Array.from(task.documentIds);
    const queries = await measureStage(place.times, 'tokenizeMs', () =>
      task.queries.map((query) => texts.get(query, template.textPrefix).ids),
    );
    const { explain } = task;
    const chunk = { documentIds: ids, maxDocumentTokens: ids.length, queries };
    const scores = await this.#scorer.layOut({ ...chunk, template, adapter, explain: explain !== undefined }, place);
    if (explain === undefined) return scores;
    const whole = { ...explain, documentIds: texts.get(explain.document, template.textPrefix).ids };
    const pair = (index: number) => ({ query: task.queries[index] ?? '', queryIds: queries[index] ?? [] });
    return () =>
      scores().map((score, index) => explainScore(texts.tokenizer, score, { template, ...whole, ...pair(index) }));
  }

  /**
   * The query where the template's document is left out, under the base model: `clean-1` is then
   * tok("given the hints, …\nPassage:") tok("\n") tok("Question:") | tok(" " + query). No adapter and no document comes near it.
   */
  async #layOutQuery(task: QueryTask, place: BatchPlace): Promise<PendingScores> {
    const texts = this.#requireTexts();
    const template = this.#template(task.template, texts.tokenizer);
    const query = await measureStage(place.times, 'tokenizeMs', () => texts.get(task.query, template.textPrefix).ids);
    const tokenized = { template, documentIds: [], maxDocumentTokens: 0, queries: [query], adapter: null };
    return this.#scorer.layOut(tokenized, place);
  }

  async #layOutTokens(task: TokenTask, place: BatchPlace): Promise<PendingScores> {
    for (const ids of [task.promptIds, task.targetIds]) {
      if (ids.length === 0)
        throw new ServiceError('invalid_request', 'prompt_ids and target_ids need one token each at least');
      const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= this.#embeddings.rows);
      if (outside !== undefined) {
        throw new ServiceError(
          'invalid_request',
          `token id ${outside} is outside the vocabulary of ${this.#embeddings.rows}`,
        );
      }
    }
    return this.#scorer.layOutTokens(task.promptIds, task.targetIds, place);
  }

  #resolve(task: Pick<ScoreTask, 'adapterDigest' | 'template'>) {
    const texts = this.#requireTexts();
    const adapter = task.adapterDigest === undefined ? null : this.#adapter(task.adapterDigest);
    const template = this.#template(task.template ?? adapter?.template ?? defaultTemplate, texts.tokenizer);
    return { texts, template, adapter: adapter?.scoring ?? null };
  }

  #requireTexts(): KnownTexts {
    if (this.#texts !== null) return this.#texts;
    throw new ServiceError('invalid_request', 'The model has no tokenizer, so it scores token ids only.');
  }

  #adapter(digest: string): LoadedAdapter {
    const adapter = this.#adapters.get(digest);
    if (adapter === undefined)
      throw new ServiceError('adapter_unavailable', `Adapter ${digest.slice(0, 12)} is not loaded.`);
    return adapter;
  }

  #template(name: TemplateName, tokenizer: Tokenizer): TokenTemplate {
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    const resolved = resolveTemplate(name, tokenizer);
    this.#templates.set(name, resolved);
    return resolved;
  }
}

function scored(scores: PendingScores): () => TaskResult {
  return () => ({ kind: 'scored', scores: scores() });
}

function settle(outcome: () => TaskOutcome<unknown>): TaskOutcome<unknown> {
  try {
    return outcome();
  } catch (error) {
    return { kind: 'failed', error };
  }
}
