import type { ResolvedModel } from '#edge/adapters/resolve-model.ts';
import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import { firstStageScore } from '#edge/rerank/first-stage-score.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import type { TravellingCalibration } from '#shared/calibration/calibration.ts';
import { canonicalJson } from '#shared/canonical-json.ts';
import type { Receipt } from '#shared/protocol/receipt.ts';
import type { ScoreRequest, WorkerInfo } from '#shared/protocol/score.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

export interface ReceiptParts {
  readonly outcome: RerankOutcome;
  readonly model: ResolvedModel;
  /** What went to the workers; its limits are said, whichever there are. */
  readonly request: Pick<ScoreRequest, 'max_tokens_per_doc'> & { readonly chunks?: unknown };
  /** Of a worker with the scoring fingerprint of the scores. */
  readonly worker: WorkerInfo & { readonly scoring_fingerprint: string; readonly default_template: string };
}

/** What the scores of a rerank came from. Digests are of UTF-8. */
export async function buildReceipt({
  outcome,
  model,
  request,
  worker,
}: ReceiptParts): Promise<Omit<Receipt, 'signature'>> {
  const scored = outcome.scores.find((score) => score !== undefined);
  const isBlended = outcome.scoring === 'blended';
  return {
    format: 'hintrank-receipt-1',
    request_id: outcome.requestId,
    created_at: new Date(outcome.createdAtMs).toISOString(),
    version: worker.version,
    model: worker.model,
    model_fingerprint: worker.model_fingerprint,
    tokenizer_fingerprint: worker.tokenizer_fingerprint,
    precision: worker.precision,
    scoring_fingerprint: worker.scoring_fingerprint,
    adapter: model.adapter === undefined ? null : { id: model.id, sha256: model.adapter.digest },
    template: model.adapter?.template ?? worker.default_template,
    scoring: outcome.scoring,
    raw_scores: outcome.request.raw_scores,
    calibration: isBlended && scored?.calibration !== undefined ? await describeCalibration(scored.calibration) : null,
    fusion: outcome.request.fusion ?? null,
    limits: {
      max_tokens_per_doc: request.max_tokens_per_doc,
      ...(request.chunks === undefined ? {} : { chunks: request.chunks }),
    },
    query: {
      sha256: await digestText(outcome.request.query),
      tokens: outcome.queryTokens,
      log_likelihood: (isBlended ? scored?.query_log_likelihood : undefined) ?? null,
    },
    documents: await Promise.all(outcome.texts.map((_, index) => describeDocument(outcome, index))),
    results: outcome.ranked.map((ranked) => ({ index: ranked.index, relevance_score: publicScore(outcome, ranked) })),
  };
}

/** SHA-256 of a text's UTF-8, hex. */
export function digestText(text: string): Promise<string> {
  return digestBody(new TextEncoder().encode(text));
}

async function describeDocument(outcome: RerankOutcome, index: number): Promise<Receipt['documents'][number]> {
  const score: MergedScore | undefined = outcome.scores[index];
  const first = firstStageScore(outcome.request.documents[index]);
  const sha256 = await digestText(outcome.texts[index] ?? '');
  const firstStage = first === undefined ? {} : { first_stage_score: first };
  if (score === undefined) return { sha256, mean_log_likelihood: null, ...firstStage };
  const { mean_log_likelihood, lexical_match, document_tokens: tokens, truncated, chunk } = score;
  return {
    sha256,
    mean_log_likelihood,
    ...(lexical_match === undefined ? {} : { lexical_match }),
    tokens,
    truncated,
    ...(chunk === undefined ? {} : { chunk }),
    ...firstStage,
  };
}

async function describeCalibration({
  constants,
  constantsWithFirstStage,
}: TravellingCalibration): Promise<Receipt['calibration']> {
  const described = {
    constants: snakeCased(constants),
    ...(constantsWithFirstStage === undefined
      ? {}
      : { constants_with_first_stage: snakeCased(constantsWithFirstStage) }),
  };
  return { sha256: await digestText(canonicalJson(described)), ...described };
}

function snakeCased(constants: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(constants).map(([name, value]): [string, number] => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return Object.fromEntries(entries);
}
