import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { defaultTemplate, resolveTemplate, type TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { HintMaker, HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import { PairScorer, type ScoringAdapter } from '#gpu-worker/scoring/pair-scorer.ts';
import type { LanguageModelGraphs } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import type { PairScore, QueryTask, ScoreTask, TokenTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { TokenDescriptions } from '#gpu-worker/scoring/token-descriptions.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { lexicalMatch } from '#shared/calibration/lexical-match.ts';
import { contentWords, queryWeights } from '#shared/calibration/word-weights.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

interface LoadedAdapter {
  readonly template: TemplateName;
  readonly scoring: ScoringAdapter;
}

/** From text to scores on one thread: tokenises, resolves template and adapter, scores. */
export class DocumentScorer {
  readonly #tokenizer: Tokenizer | null;
  readonly #embeddings: EmbeddingTable;
  readonly #hintSessions: HintSessions;
  readonly #runner: LanguageModelRunner;
  readonly #scorer: PairScorer;
  readonly #descriptions: TokenDescriptions | null;
  readonly #templates = new Map<TemplateName, TokenTemplate>();
  readonly #adapters = new Map<string, LoadedAdapter>();

  private constructor(model: FrozenModel, runner: LanguageModelRunner) {
    this.#tokenizer = model.tokenizer;
    this.#embeddings = new EmbeddingTable(model.source);
    this.#hintSessions = new HintSessions(model.config.hiddenSize);
    this.#runner = runner;
    this.#scorer = new PairScorer(runner, this.#embeddings, model.config.contextLength);
    this.#descriptions = model.tokenizer === null ? null : new TokenDescriptions(model.tokenizer);
  }

  static async open(model: FrozenModel, graphs: LanguageModelGraphs): Promise<DocumentScorer> {
    return new DocumentScorer(model, await LanguageModelRunner.open(graphs, model.config));
  }

  async close(): Promise<void> {
    await this.#hintSessions.close();
    await this.#runner.close();
  }

  async score(task: ScoreTask): Promise<PairScore[]> {
    const tokenizer = this.#requireTokenizer();
    const adapter = task.adapterDigest === undefined ? null : this.#adapter(task.adapterDigest);
    const template = this.#template(task.template ?? adapter?.template ?? defaultTemplate, tokenizer);
    const scores = await this.#scorer.score({
      template,
      documentIds: tokenizer.encode(template.textPrefix + task.document),
      maxDocumentTokens: task.maxTokensPerDoc ?? limits.maxTokensPerDocDefault,
      queries: task.queries.map((query) => tokenizer.encode(template.textPrefix + query)),
      adapter: adapter?.scoring ?? null,
    });
    const words = contentWords(task.document);
    return scores.map((score, index) => ({
      ...score,
      lexicalMatch: lexicalMatch(queryWeights(task.queries[index] ?? ''), words),
    }));
  }

  /**
   * The query where the template's document is left out, under the base model: `clean-1` is then
   * tok("given the hints, …\nPassage:") tok("\n") tok("Question:") | tok(" " + query). No adapter and no document comes near it.
   */
  async scoreQuery(task: QueryTask): Promise<PairScore> {
    const tokenizer = this.#requireTokenizer();
    const template = this.#template(task.template, tokenizer);
    const queries = [tokenizer.encode(template.textPrefix + task.query)];
    const [score] = await this.#scorer.score({
      template,
      documentIds: [],
      maxDocumentTokens: 0,
      queries,
      adapter: null,
    });
    if (score === undefined) throw new Error('the scorer returned no score for the query');
    return score;
  }

  async scoreTokens(task: TokenTask): Promise<PairScore> {
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
    return this.#scorer.scoreTokens(task.promptIds, task.targetIds);
  }

  async loadAdapter(digest: string, adapter: AdapterFile): Promise<void> {
    const session = await this.#hintSessions.sessionFor(adapter);
    const { method, k, hintLocation, template } = adapter.config;
    const descriptions = this.#descriptions;
    if (descriptions === null)
      throw new ServiceError('invalid_adapter', 'The model has no tokenizer, so no adapter fits it.');
    const hints = session === null ? null : new HintMaker(adapter, this.#embeddings, session, descriptions);
    this.#adapters.set(digest, {
      template,
      scoring: {
        hintLocation,
        softPrompt: adapter.softPrompt?.values ?? null,
        hintRows: (queryTokens) => (method === 'attend' ? queryTokens : k),
        hints,
      },
    });
  }

  unloadAdapter(digest: string): void {
    this.#adapters.delete(digest);
  }

  #requireTokenizer(): Tokenizer {
    if (this.#tokenizer !== null) return this.#tokenizer;
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
