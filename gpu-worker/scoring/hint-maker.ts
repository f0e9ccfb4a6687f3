import { LRUCache } from 'lru-cache';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { denseTensors } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import { buildAbsorbedHintGraph } from '#gpu-worker/q-peft/build-absorbed-hint-graph.ts';
import { buildHintGraph, type HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { drawHintTokens } from '#gpu-worker/q-peft/draw-hint-tokens.ts';
import type { HintParameters } from '#gpu-worker/q-peft/hint-feeds.ts';
import { attendInput, blockInput, type HintInput, type HintTokens } from '#gpu-worker/q-peft/hint-input.ts';
import { QuerySimilarities } from '#gpu-worker/q-peft/query-similarities.ts';
import { selectHintTokens, type TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import { AdapterEmbeddingTable } from '#gpu-worker/scoring/adapter-embedding-table.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { HintRunner, type ServedHintGraph } from '#gpu-worker/scoring/hint-runner.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/** The block H [rows, D] for one pair, and for Q-PEFT-R the tokens that it was made from. */
export interface Hints {
  readonly rows: Float32Array;
  readonly selectedIds: readonly number[] | null;
}

/** Queries whose similarities an adapter keeps: those of the requests whose documents take turns on a thread. */
const queriesMax = 4;

/** Computes hint blocks of one adapter. Sessions are shared by all adapters of the same kind: the adapter's tensors are inputs of the graph. */
export class HintMaker {
  readonly adapter: AdapterFile;
  readonly frozen: EmbeddingTable;
  readonly parameters: HintParameters;
  readonly kind: HintGraphKind;
  readonly filters: TokenFilters;
  readonly #runner: HintRunner;
  readonly #queries = new LRUCache<string, QuerySimilarities>({ max: queriesMax });

  constructor(adapter: AdapterFile, frozen: EmbeddingTable, runner: HintRunner, tokens: Omit<TokenFilters, 'filters'>) {
    this.adapter = adapter;
    this.frozen = frozen;
    this.parameters = parametersOf(adapter, frozen);
    this.kind = hintGraphKind(adapter);
    this.#runner = runner;
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
    return selectHintTokens(this.similarities(query, document), query, document, k, this.filters);
  }

  /** Cosines of E'[q] with E[d], float64 [|q|, |d|]. */
  similarities(query: readonly number[], document: readonly number[]): Float64Array {
    const key = query.join(' ');
    const known = this.#queries.get(key);
    const similarities = known ?? new QuerySimilarities(this.parameters.gather(query), this.frozen);
    if (known === undefined) this.#queries.set(key, similarities);
    return similarities.of(document);
  }

  /** Q-PEFT-R: the hint block of given tokens, opened and closed already. */
  async blockOf(ids: readonly number[]): Promise<Float32Array> {
    return this.#run({ method: 'retrieve', block: ids });
  }

  async #run(input: HintInput): Promise<Float32Array> {
    return this.#runner.run(input, this.parameters, this.frozen);
  }
}

/** Hint sessions by kind, made when the first adapter of a kind comes. */
export class HintSessions {
  readonly #width: number;
  readonly #sessions = new Map<string, Promise<ModelSession>>();

  constructor(width: number) {
    this.#width = width;
  }

  /** What runs the adapter's hints; null for adapters without a hint block (soft prompts). */
  async runnerFor(adapter: AdapterFile): Promise<HintRunner | null> {
    if (adapter.config.method === 'soft-prompt') return null;
    const kind = hintGraphKind(adapter);
    await this.#open(kind);
    if (kind.method === 'attend') await this.#open({ method: 'attend-absorbed', heads: kind.heads });
    return new HintRunner({ kind, width: this.#width, open: (graph) => this.#open(graph) });
  }

  /** One whose graph gives the attention weights too; made when the first pair is explained. */
  attentionSession(heads: number): Promise<ModelSession> {
    return this.#open({ method: 'attend', heads, weights: true });
  }

  #open(graph: ServedHintGraph): Promise<ModelSession> {
    const key = JSON.stringify(graph);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const built =
      graph.method === 'attend-absorbed'
        ? buildAbsorbedHintGraph(graph.heads, this.#width)
        : buildHintGraph(graph, this.#width);
    const opened = ModelSession.open(serialiseGraph(built));
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
