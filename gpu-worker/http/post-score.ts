import type { Context } from 'hono';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { withCallScope } from '#gpu-worker/http/call-scope.ts';
import { parseScoreRequest } from '#gpu-worker/http/parse-score-request.ts';
import { scoreDocuments } from '#gpu-worker/http/score-documents.ts';
import { scoringFingerprint } from '#gpu-worker/http/scoring-fingerprint.ts';
import { TimingSummary } from '#gpu-worker/http/timing-summary.ts';
import { workerLoad } from '#gpu-worker/http/worker-load.ts';
import type { WorkerState } from '#gpu-worker/http/worker-state.ts';
import type { TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { ScoreResponse } from '#shared/protocol/score.ts';
import { timingEntries } from '#shared/protocol/timing-entries.ts';

export interface PostScoreOptions {
  readonly state: WorkerState;
  readonly modelId: string;
  readonly version: string;
  readonly now: () => number;
}

/**
 * `POST /v1/score`: one query against the documents of a shard, all of them or an error. Throws `invalid_json`, `invalid_request`,
 * `model_not_found`, `not_ready`, `overloaded`, `deadline_exceeded`, `request_cancelled` and the errors of adapters.
 */
export function postScore({ state, modelId, version, now }: PostScoreOptions) {
  return async (context: Context<CallContext>) => {
    const request = parseScoreRequest(context.get('body'));
    if (request.model !== modelId) {
      const message = `This worker holds the model "${modelId}", not "${request.model}".`;
      throw new ServiceError('model_not_found', message, { param: 'model' });
    }
    const timings = new TimingSummary();
    const requestId = context.get('requestId');
    const trace = context.get('trace');
    const onTiming = (timing: TaskTiming) => timings.add(timing);
    trace?.set({ 'hintrank.documents': request.documents.length });
    const scored = await state.serve(async (parts) => ({
      ...(await withCallScope(
        { caller: context.req.raw.signal, forcedStop: state.forcedStop, deadlineAtMs: request.deadline_at_ms, now },
        (signal) => scoreDocuments(parts, request, { signal, requestId, trace, onTiming }),
      )),
      load: workerLoad(parts.engine, timings.result(), request.guest === true),
      scoring_fingerprint: scoringFingerprint(parts, version),
    }));
    const timing = timings.result();
    trace?.set({ 'hintrank.prefixes': timing.prefixes, 'hintrank.prefix_hits': timing.prefix_hits });
    const response: ScoreResponse = { ...scored, compute_ms: now() - context.get('startedAtMs'), timing };
    const total = `total;dur=${response.compute_ms.toFixed(1)}`;
    context.header('Server-Timing', [...timingEntries(timing), total].join(', '));
    return context.json(response);
  };
}
