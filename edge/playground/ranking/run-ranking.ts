import { type ApiPorts, callApi } from '#edge/playground/api/call-api.ts';
import type { Fault } from '#edge/playground/api/fault.ts';
import { firstStageOrder } from '#edge/playground/documents/first-stage-order.ts';
import type { CandidateDocument } from '#edge/playground/documents/parse-documents.ts';
import { type LatencyPart, splitLatency } from '#edge/playground/latency/split-latency.ts';
import { checkInput } from '#edge/playground/ranking/check-input.ts';
import type { Comparison } from '#edge/playground/ranking/comparison.ts';
import { rerankBody } from '#edge/playground/ranking/rerank-body.ts';
import { type RerankResponse, rerankResponseSchema } from '#shared/protocol/rerank-response.ts';

/** What is in the form. */
export interface RankingForm {
  readonly query: string;
  /** As it was pasted. */
  readonly documents: string;
  /** Empty: the base model. */
  readonly model: string;
  readonly comparison: Comparison;
  readonly explain: boolean;
}

/** An answered request with everything that is shown of it. */
export interface ShownRanking {
  readonly query: string;
  readonly documents: readonly CandidateDocument[];
  readonly response: RerankResponse;
  readonly latency: readonly LatencyPart[];
  /** Indexes of the documents, best first, before any reranking. */
  readonly firstStage: readonly number[];
  /** The order that the ranking is shown beside; null: none was asked for. */
  readonly beside: { readonly name: string; readonly order: readonly number[] } | null;
}

export type RankingOutcome =
  | { readonly kind: 'ranked'; readonly ranking: ShownRanking }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'left' };

/** Checks the form, asks the API (twice where two models are compared), and puts the answer together for the page. */
export async function runRanking(
  ports: ApiPorts,
  key: string,
  form: RankingForm,
  signal: AbortSignal,
): Promise<RankingOutcome> {
  const input = checkInput(form.query, form.documents);
  if (input.kind === 'fault') {
    return { kind: 'fault', fault: { title: 'Nothing to rank yet', message: input.message, advice: inputAdvice } };
  }
  const { query, documents } = input;
  const ask = (model: string, explain: boolean) => {
    const body = rerankBody({ query, documents, model, explain });
    return callApi(ports, { path: '/v2/rerank', key, body, schema: rerankResponseSchema, signal });
  };
  const { comparison } = form;
  const [main, other] = await Promise.all([
    ask(form.model, form.explain),
    comparison.kind === 'model' ? ask(comparison.model, false) : null,
  ]);
  if (main.kind !== 'answer') return main;
  if (other !== null && other.kind !== 'answer') return other;
  const firstStage = firstStageOrder(documents);
  const latency = splitLatency(main.serverTiming, main.roundTripMs);
  const beside = besideOf(comparison, firstStage, other?.value ?? null);
  return { kind: 'ranked', ranking: { query, documents, response: main.value, latency, firstStage, beside } };
}

const inputAdvice = 'Type a query, and paste documents: one a line, or JSON Lines; or load the sample.';

function besideOf(
  comparison: Comparison,
  firstStage: readonly number[],
  other: RerankResponse | null,
): ShownRanking['beside'] {
  if (comparison.kind === 'first-stage') return { name: 'before', order: firstStage };
  if (other === null) return null;
  return { name: other.model, order: other.results.map(({ index }) => index) };
}
