import { withCallScope } from '#gpu-worker/http/call-scope.ts';
import { scoreDocuments } from '#gpu-worker/http/score-documents.ts';
import type { AdapterReference } from '#gpu-worker/scoring/adapters/adapter-reference.ts';
import type { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { scoreRequestSchema } from '#shared/protocol/score.ts';
import type { SoakRequest } from '#test/bench/soak/draw-request.ts';
import type { SoakLedger, SoakOutcome } from '#test/bench/soak/soak-ledger.ts';

export interface SoakParts {
  readonly engine: ScoringEngine;
  readonly adapters: LoadedAdapters;
  readonly references: readonly AdapterReference[];
  readonly ledger: SoakLedger;
}

/** Far enough for whoever has none. */
const noDeadlineMs = 3_600_000;

/** One request by the code that answers `POST /v1/score`; what comes of it is in the ledger, and returned. Never rejects. */
export async function sendSoakRequest(id: number, request: SoakRequest, parts: SoakParts): Promise<SoakOutcome> {
  const { engine, adapters, references, ledger } = parts;
  const { query, documents, tenant, maxTokensPerDoc, leavesAfterMs, deadlineMs } = request;
  const caller = new AbortController();
  const leaving = leavesAfterMs === null ? undefined : setTimeout(() => caller.abort(), leavesAfterMs);
  const now = () => Date.now();
  const adapter = request.adapter === null ? undefined : references[request.adapter];
  const body = scoreRequestSchema.parse({
    ...{ model: 'soaked', query, documents, tenant, adapter, max_tokens_per_doc: maxTokensPerDoc },
    deadline_at_ms: now() + (deadlineMs ?? noDeadlineMs),
    include_target_log_likelihoods: true,
  });
  ledger.start(id, request);
  const scope = { caller: caller.signal, forcedStop: new AbortController().signal, now };
  try {
    const answer = await withCallScope({ ...scope, deadlineAtMs: body.deadline_at_ms }, (signal) =>
      scoreDocuments({ engine, adapters, calibration: null }, body, {
        signal,
        requestId: String(id),
        onTiming: () => ledger.documentScored(id),
      }),
    );
    ledger.end(
      id,
      'scored',
      answer.scores.map(({ target_log_likelihoods }) => target_log_likelihoods ?? []),
    );
    return 'scored';
  } catch (error) {
    const outcome = error instanceof ServiceError ? error.code : String(error);
    ledger.end(id, outcome, null);
    return outcome;
  } finally {
    clearTimeout(leaving);
  }
}
