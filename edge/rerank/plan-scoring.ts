import type { ResolvedModel } from '#edge/adapters/resolve-model.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import { askScoringFingerprint } from '#edge/gpu-workers/ask-scoring-fingerprint.ts';
import { callGpuWorker } from '#edge/gpu-workers/call-gpu-worker.ts';
import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { orderRegions } from '#edge/gpu-workers/order-regions.ts';
import { planFleet } from '#edge/gpu-workers/plan-fleet.ts';
import { chosenScoring } from '#edge/rerank/chosen-scoring.ts';
import { documentLength } from '#edge/rerank/document-length.ts';
import { answerReserveMs, toleratedFailures } from '#edge/rerank/failure-policy.ts';
import type { RerankCall } from '#edge/rerank/rerank-call.ts';
import type { CachedScoringCall } from '#edge/rerank/score-through-cache.ts';

/** What of a rerank goes to the workers, and by which ways. */
export interface ScoringPlan extends Pick<CachedScoringCall, 'job' | 'askFingerprint'> {
  readonly ports: FanOutPorts;
}

export function planScoring(
  { environment, workerCalls, scoring, log }: Dependencies,
  call: RerankCall,
  model: ResolvedModel,
): ScoringPlan {
  const { request, tenantId, signal, slots } = call;
  const { now, sleep, timeoutSignal } = workerCalls;
  const { tokensMax, chunks } = documentLength(request);
  const { health } = scoring;
  const { workerTargets: targets } = environment;
  const regions = orderRegions([...new Set(targets.map(({ region }) => region))], call.place);
  const ports: FanOutPorts = {
    callWorker: (workerCall) => callGpuWorker(workerCalls, workerCall),
    ...{ now, sleep, timeoutSignal, health, log },
    ...(call.countCall === undefined ? {} : { countCall: call.countCall }),
  };
  const job = {
    targets,
    regions,
    request: {
      model: environment.baseModel,
      tenant: tenantId,
      ...(request.priority === 0 ? {} : { priority: request.priority }),
      ...(model.adapter === undefined ? {} : { adapter: { digest: model.adapter.digest, name: model.id } }),
      query: request.query,
      documents: [...call.texts],
      max_tokens_per_doc: tokensMax,
      ...(chunks === undefined ? {} : { chunks }),
      include_target_log_likelihoods: false,
      include_calibration: chosenScoring(request) === 'blended',
    },
    startedAtMs: call.startedAtMs,
    deadlineMs: request.deadline_ms,
    reservedMs: answerReserveMs(request),
    tolerated: toleratedFailures(request),
    signal,
    requestId: call.requestId,
    trace: call.trace,
    ...(slots === undefined ? {} : { slots }),
  };
  const askFingerprint = () => {
    const { primary, fallbacks } = planFleet(targets, regions, (id) => health.isHealthy(id));
    return askScoringFingerprint(workerCalls, [primary, ...fallbacks].flat(), signal);
  };
  return { ports, job, askFingerprint };
}
