import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { denseTensors } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import { buildHintGraph, type HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { drawHintTokens } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import { type HintParameters, hintFeeds } from '#gpu-worker/q-peft/hint-feeds.ts';
import {
  attendInput,
  blockInput,
  type HintInput,
  type HintTokens,
  similarTokens,
} from '#gpu-worker/q-peft/hint-input.ts';
import type { TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import { AdapterEmbeddingTable } from '#gpu-worker/scoring/adapter-embedding-table.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/** The block H [rows, D] for one pair, and for Q-PEFT-R the tokens that it was made from. */
export interface Hints {
  readonly rows: Float32Array;
  readonly selectedIds: readonly number[] | null;
}

/** Computes hint blocks of one adapter. Sessions are shared by all adapters of the same kind: the adapter's tensors are inputs of the graph. */
export class HintMaker {
  readonly adapter: AdapterFile;
  readonly frozen: EmbeddingTable;
  readonly parameters: HintParameters;
  readonly kind: HintGraphKind;
  readonly filters: TokenFilters;
  readonly #session: ModelSession;

  constructor(
    adapter: AdapterFile,
    frozen: EmbeddingTable,
    session: ModelSession,
    tokens: Omit<TokenFilters, 'filters'>,
  ) {
    this.adapter = adapter;
    this.frozen = frozen;
    this.parameters = parametersOf(adapter, frozen);
    this.kind = hintGraphKind(adapter);
    this.#session = session;
    this.filters = { ...tokens, filters: adapter.config.filters, order: adapter.config.hintOrder };
  }

  async make(tokens: HintTokens): Promise<Hints> {
    if (this.kind.method === 'attend') {
      return { rows: await this.#run(attendInput(tokens, this.filters, null)), selectedIds: null };
    }
    const selectedIds = this.select(tokens.query, tokens.document);
    return { rows: await this.#run(blockInput(tokens, selectedIds)), selectedIds };
  }

  /** Q-PEFT-R: the document tokens that become hints. */
  select(query: readonly number[], document: readonly number[]): number[] {
    const { k, hintChoice } = this.adapter.config;
    if (hintChoice === 'random') return drawHintTokens(query, document, k);
    return similarTokens({ query, document }, k, this.parameters, this.frozen, this.filters);
  }

  /** Q-PEFT-R: the hint block of given tokens, opened and closed already. */
  async blockOf(ids: readonly number[]): Promise<Float32Array> {
    return this.#run({ method: 'retrieve', block: ids });
  }

  async #run(input: HintInput): Promise<Float32Array> {
    const { width } = this.frozen;
    const feeds = hintFeeds(this.kind, width, input, this.parameters, this.frozen);
    const { hints } = await this.#session.run(feeds, ['hints']);
    if (hints === undefined) throw new Error('the hint graph returned nothing');
    return hints;
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
    return adapter.config.method === 'soft-prompt' ? null : this.#open(hintGraphKind(adapter));
  }

  /** One whose graph gives the attention weights too; made when the first pair is explained. */
  attentionSession(heads: number): Promise<ModelSession> {
    return this.#open({ method: 'attend', heads, weights: true });
  }

  #open(kind: HintGraphKind): Promise<ModelSession> {
    const key = JSON.stringify(kind);
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

function hintGraphKind({ config: { method, heads } }: AdapterFile): HintGraphKind {
  if (method === 'soft-prompt') throw new Error('a soft prompt has no hint block');
  return method === 'attend' ? { method, heads } : { method };
}

function parametersOf(adapter: AdapterFile, frozen: EmbeddingTable): HintParameters {
  const rows = new AdapterEmbeddingTable(adapter, frozen);
  const tensors = new Map(denseTensors(adapter));
  return {
    residual: adapter.config.residual,
    gather: (ids) => rows.gather(ids),
    dense: (name) => {
      const values = tensors.get(name);
      if (values === undefined) throw new Error(`the adapter has no tensor "${name}"`);
      return values;
    },
  };
}
