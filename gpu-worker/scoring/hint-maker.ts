import { type Feeds, ModelSession, type SessionTensor } from '#gpu-worker/engine/model-session.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { buildHintGraph, type HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import { drawHintTokens } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import { selectAttendedTokens } from '#gpu-worker/q-peft/select-attended-tokens.ts';
import { selectHintTokens, type TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import { AdapterEmbeddingTable } from '#gpu-worker/scoring/adapter-embedding-table.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/** The block H [rows, D] for one pair, and for Q-PEFT-R the tokens that it was made from. */
export interface Hints {
  readonly rows: Float32Array;
  readonly selectedIds: readonly number[] | null;
}

export interface HintTokens {
  readonly open: readonly number[];
  readonly close: readonly number[];
  readonly query: readonly number[];
  readonly document: readonly number[];
}

/** Computes hint blocks of one adapter. Sessions are shared by all adapters of the same kind: the adapter's tensors are inputs of the graph. */
export class HintMaker {
  readonly adapter: AdapterFile;
  readonly #frozen: EmbeddingTable;
  readonly #embedding: AdapterEmbeddingTable;
  readonly #session: ModelSession;
  readonly #tokens: TokenFilters;

  constructor(
    adapter: AdapterFile,
    frozen: EmbeddingTable,
    session: ModelSession,
    tokens: Omit<TokenFilters, 'filters'>,
  ) {
    this.adapter = adapter;
    this.#frozen = frozen;
    this.#embedding = new AdapterEmbeddingTable(adapter, frozen);
    this.#session = session;
    this.#tokens = { ...tokens, filters: adapter.config.filters, order: adapter.config.hintOrder };
  }

  async make(tokens: HintTokens): Promise<Hints> {
    return this.adapter.config.method === 'attend' ? this.#attend(tokens) : this.#retrieve(tokens);
  }

  async #retrieve(tokens: HintTokens): Promise<Hints> {
    const selectedIds = this.select(tokens.query, tokens.document);
    return { rows: await this.blockOf([...tokens.open, ...selectedIds, ...tokens.close]), selectedIds };
  }

  /** Q-PEFT-R: the document tokens that become hints. */
  select(query: readonly number[], document: readonly number[]): number[] {
    const { k, hintChoice } = this.adapter.config;
    if (hintChoice === 'random') return drawHintTokens(query, document, k);
    const width = this.#frozen.width;
    const cosines = cosineSimilarity(this.#embedding.gather(query), this.#frozen.gather(document), width);
    return selectHintTokens(cosines, query, document, k, this.#tokens);
  }

  /** Q-PEFT-R: the hint block of given tokens, opened and closed already. */
  async blockOf(ids: readonly number[]): Promise<Float32Array> {
    return this.#run({ block: this.#matrix(this.#embedding.gather(ids)) });
  }

  async #attend(tokens: HintTokens): Promise<Hints> {
    const keys = selectAttendedTokens(tokens.query, tokens.document, this.#tokens);
    const rows = await this.#run({
      query: this.#matrix(this.#embedding.gather(tokens.query)),
      keys: this.#matrix(this.#frozen.gather(keys)),
      open: this.#matrix(this.#embedding.gather(tokens.open)),
      close: this.#matrix(this.#embedding.gather(tokens.close)),
      ...attentionFeeds(this.adapter),
    });
    return { rows, selectedIds: null };
  }

  async #run(feeds: Feeds): Promise<Float32Array> {
    const results = await this.#session.run({ ...feeds, ...feedForwardFeeds(this.adapter) }, ['hints']);
    const hints = results['hints'];
    if (hints === undefined) throw new Error('the hint graph returned nothing');
    return hints;
  }

  #matrix(data: Float32Array): SessionTensor {
    return { type: 'float32', shape: [data.length / this.#frozen.width, this.#frozen.width], data };
  }
}

/** Hint sessions by kind, made when the first adapter of a kind comes. */
export class HintSessions {
  readonly #width: number;
  readonly #sessions = new Map<string, Promise<ModelSession>>();

  constructor(width: number) {
    this.#width = width;
  }

  /** null for adapters without a hint block (soft prompts). */
  async sessionFor(adapter: AdapterFile): Promise<ModelSession | null> {
    const { method, heads } = adapter.config;
    if (method === 'soft-prompt') return null;
    const kind: HintGraphKind = method === 'attend' ? { method, heads } : { method };
    const key = method === 'attend' ? `attend-${heads}` : method;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const opened = ModelSession.open(serialiseGraph(buildHintGraph(kind, this.#width)));
    this.#sessions.set(key, opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).close();
  }
}

function feedForwardFeeds(adapter: AdapterFile): Feeds {
  const { mlp, hiddenSize } = adapter;
  if (mlp === null) throw new Error('the adapter has no feed-forward tensors');
  return {
    residual: { type: 'float32', shape: [1], data: Float32Array.of(adapter.config.residual ? 1 : 0) },
    'mlp.first.weight': { type: 'float32', shape: [hiddenSize, hiddenSize], data: mlp.firstWeight },
    'mlp.first.bias': { type: 'float32', shape: [hiddenSize], data: mlp.firstBias },
    'mlp.second.weight': { type: 'float32', shape: [hiddenSize, hiddenSize], data: mlp.secondWeight },
    'mlp.second.bias': { type: 'float32', shape: [hiddenSize], data: mlp.secondBias },
  };
}

function attentionFeeds(adapter: AdapterFile): Feeds {
  const { attention, hiddenSize } = adapter;
  if (attention === null) throw new Error('the adapter has no attention tensors');
  return {
    'attention.in.weight': { type: 'float32', shape: [3 * hiddenSize, hiddenSize], data: attention.inProjectionWeight },
    'attention.in.bias': { type: 'float32', shape: [3 * hiddenSize], data: attention.inProjectionBias },
    'attention.out.weight': { type: 'float32', shape: [hiddenSize, hiddenSize], data: attention.outProjectionWeight },
    'attention.out.bias': { type: 'float32', shape: [hiddenSize], data: attention.outProjectionBias },
  };
}
