import type { ResolvedModel } from '#edge/adapters/resolve-model.ts';
import { askWorkerInfo } from '#edge/gpu-workers/ask-worker-info.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import { buildReceipt } from '#edge/receipts/build-receipt.ts';
import { signReceipt } from '#edge/receipts/sign-receipt.ts';
import type { ScoringPlan } from '#edge/rerank/plan-scoring.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';

export interface ReceiptWanted {
  readonly outcome: RerankOutcome;
  readonly model: ResolvedModel;
  readonly plan: ScoringPlan;
  readonly workerCalls: WorkerCallPorts;
  readonly pepper: string;
}

/** Workers that are asked what they are; those of one fleet are alike but while it is being replaced. */
const workersAskedMax = 6;

/** The outcome with its signed receipt; with a warning instead where no worker is found that scores as those did. */
export async function withReceipt({
  outcome,
  model,
  plan,
  workerCalls,
  pepper,
}: ReceiptWanted): Promise<RerankOutcome> {
  const worker = await findWorker(outcome.scoringFingerprint, plan, workerCalls);
  if (worker === undefined) {
    const warning = 'no receipt: no worker could be asked what the scores came from';
    return { ...outcome, warnings: [...outcome.warnings, warning] };
  }
  const unsigned = await buildReceipt({ outcome, model, request: plan.job.request, worker });
  return { ...outcome, receipt: { ...unsigned, signature: await signReceipt(pepper, unsigned) } };
}

async function findWorker(fingerprint: string | undefined, { job }: ScoringPlan, ports: WorkerCallPorts) {
  if (fingerprint === undefined) return undefined;
  const urls = [...new Set(job.targets.map(({ url }) => url))];
  for (const url of urls.slice(0, workersAskedMax)) {
    const info = await askWorkerInfo(ports, url, job.signal);
    const { scoring_fingerprint, default_template } = info ?? {};
    if (info === undefined || scoring_fingerprint !== fingerprint || default_template === undefined) continue;
    return { ...info, scoring_fingerprint: fingerprint, default_template };
  }
  return undefined;
}
