import { drawHintTokens } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import { fitDocument } from '#gpu-worker/q-peft/fit-document.ts';
import {
  attendInput,
  blockInput,
  type HintInput,
  type HintTokens,
  similarTokens,
} from '#gpu-worker/q-peft/hint-input.ts';
import {
  type AdapterParts,
  layoutPrefix,
  layoutSuffix,
  noAdapterParts,
  type SequencePart,
  targetsOf,
} from '#gpu-worker/q-peft/layout-pair.ts';
import type { TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { resolveTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { TokenDescriptions } from '#gpu-worker/scoring/token-descriptions.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import type { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import type { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import type { SeededRandom } from '#gpu-worker/training/seeded-random.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import { rowsOf, type SequenceTask } from '#gpu-worker/training/threads/sequence-task.ts';

/** One pair ready to run: the sequence, and for the backward pass what its hints were made from (null without hints). */
export interface PairSequence {
  readonly task: SequenceTask;
  readonly input: HintInput | null;
}

export interface PairTexts {
  readonly query: string;
  readonly documentId: string;
  readonly document: string;
}

/** Draws of one sequence; null where nothing is random: on the dev queries. */
export type SequenceRandom = SeededRandom | null;

/** Lays out (query, document) pairs for training with the adapter as it is now. Documents are tokenised once. */
export class PairSequences {
  readonly #settings: TrainingSettings;
  readonly #tokenizer: Tokenizer;
  readonly #template: TokenTemplate;
  readonly #embeddings: EmbeddingTable;
  readonly #contextLength: number;
  readonly #filters: TokenFilters;
  readonly #documents = new Map<string, readonly number[]>();

  constructor(settings: TrainingSettings, tokenizer: Tokenizer, embeddings: EmbeddingTable, contextLength: number) {
    this.#settings = settings;
    this.#tokenizer = tokenizer;
    this.#template = resolveTemplate(settings.template, tokenizer);
    this.#embeddings = embeddings;
    this.#contextLength = contextLength;
    const { specialIds, isStopWord, hasLetter } = new TokenDescriptions(tokenizer);
    this.#filters = { filters: settings.filters, specialIds, isStopWord, hasLetter, order: settings.hintOrder };
  }

  get instruction(): Float32Array {
    return this.#embeddings.gather(this.#template.instruction);
  }

  /** The pair without an adapter. */
  base(texts: PairTexts): PairSequence {
    const document = this.#fitted(texts, 0, null);
    return { task: this.#task(texts, document, noAdapterParts, null), input: null };
  }

  /** The query where the template's document is left out, under the base model: what `DocumentScorer.scoreQuery` runs. */
  queryAlone(query: string): PairSequence {
    return { task: this.#task({ query, documentId: '', document: '' }, [], noAdapterParts, null), input: null };
  }

  /** The pair with the adapter's hints or soft prompt; `withGradient` asks for the gradient of those rows. */
  async adapted(
    texts: PairTexts,
    adapter: TrainedAdapter,
    module: HintModule | null,
    random: SequenceRandom,
    withGradient: boolean,
  ): Promise<PairSequence> {
    const { hintLocation } = adapter.start.config;
    if (module === null) {
      const softPrompt = adapter.dense('soft_prompt').slice();
      const parts = { hints: null, hintLocation, softPrompt };
      const document = this.#fitted(texts, 0, softPrompt.length / this.#embeddings.width);
      return { task: this.#task(texts, document, parts, withGradient ? softPrompt : null), input: null };
    }
    const document = this.#fitted(texts, this.#hintRows(texts.query), null);
    const input = this.#hintInput(texts, document, adapter, random);
    const hints = await module.forward(input, adapter);
    const parts = { hints, hintLocation, softPrompt: null };
    return { task: this.#task(texts, document, parts, withGradient ? hints : null), input };
  }

  /** @param watched the rows, among the parts of the sequence, whose gradient is asked for */
  #task(
    texts: PairTexts,
    document: readonly number[],
    adapter: AdapterParts,
    watched: Float32Array | null,
  ): SequenceTask {
    const prefix = layoutPrefix(this.#template, document, adapter);
    const targetIds = targetsOf(this.#template, this.#queryIds(texts.query));
    const suffix = layoutSuffix(this.#template, targetIds, adapter);
    const prefixIds = idsOf(prefix);
    const parts = prefixIds === null ? [...prefix, ...suffix] : suffix;
    return {
      prefixIds: prefixIds ?? [],
      suffix: parts,
      targetIds,
      gradientRows: watched === null ? null : this.#place(parts, watched),
    };
  }

  #place(parts: readonly SequencePart[], watched: Float32Array): { start: number; length: number } {
    const { width } = this.#embeddings;
    const index = parts.findIndex((part) => 'rows' in part && part.rows === watched);
    const start = parts.slice(0, index).reduce((sum, part) => sum + rowsOf(part, width), 0);
    return { start, length: watched.length / width };
  }

  #hintInput(
    texts: PairTexts,
    document: readonly number[],
    adapter: TrainedAdapter,
    random: SequenceRandom,
  ): HintInput {
    const { method, k, hintChoice, heads, attentionDropout } = this.#settings;
    const tokens: HintTokens = {
      open: this.#template.hintOpen,
      close: this.#template.hintClose,
      query: this.#queryIds(texts.query),
      document,
    };
    if (method === 'attend') {
      const dropout = random === null || attentionDropout === 0 ? null : random;
      return attendInput(
        tokens,
        this.#filters,
        dropout && dropoutFactors(dropout, attentionDropout, heads, tokens.query),
      );
    }
    if (hintChoice === 'similar') {
      return blockInput(tokens, similarTokens(tokens, k, adapter, this.#embeddings, this.#filters));
    }
    if (random === null) return blockInput(tokens, drawHintTokens(tokens.query, document, k));
    return blockInput(
      tokens,
      Array.from({ length: k }, () => document[random.integer(document.length)] ?? 0),
    );
  }

  #queryIds(query: string): readonly number[] {
    return this.#tokenizer.encode(this.#template.textPrefix + query);
  }

  #hintRows(query: string): number {
    const { method, k } = this.#settings;
    const rows = method === 'attend' ? this.#queryIds(query).length : k;
    return this.#template.hintOpen.length + rows + this.#template.hintClose.length;
  }

  /** The document as it is cut for this query. */
  #fitted(texts: PairTexts, hintRows: number, softPromptRows: number | null): readonly number[] {
    return fitDocument(this.#documentIds(texts), {
      template: this.#template,
      contextLength: this.#contextLength,
      maxDocumentTokens: this.#settings.maxTokensPerDoc,
      queryTokens: this.#queryIds(texts.query).length,
      hintRows,
      softPromptRows,
    });
  }

  #documentIds({ documentId, document }: PairTexts): readonly number[] {
    const known = this.#documents.get(documentId);
    if (known !== undefined) return known;
    const ids = this.#tokenizer.encode(this.#template.textPrefix + document);
    // Only what any query can get is remembered: documents may be long, and there may be many.
    const { maxTokensPerDoc } = this.#settings;
    const kept = this.#template.keep === 'start' ? ids.slice(0, maxTokensPerDoc) : ids.slice(-maxTokensPerDoc);
    this.#documents.set(documentId, kept);
    return kept;
  }
}

/** The prefix as ids, or null when something in it is not the frozen model's: it is then run anew each time. */
function idsOf(parts: readonly SequencePart[]): number[] | null {
  const ids: number[] = [];
  for (const part of parts) {
    if (!('ids' in part)) return null;
    ids.push(...part.ids);
  }
  return ids;
}

/** Inverted dropout on the attention weights, [heads, q, n]. */
function dropoutFactors(random: SeededRandom, rate: number, heads: number, query: readonly number[]) {
  return (keys: number): Float32Array =>
    Float32Array.from({ length: heads * query.length * keys }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate)));
}
