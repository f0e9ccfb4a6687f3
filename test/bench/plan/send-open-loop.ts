import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import type { PlanTexts } from '#test/bench/plan/plan-texts.ts';

export interface OpenLoop {
  readonly worker: WorkerConnection;
  /** When they are sent, and how many documents of which kind they have. */
  readonly requests: readonly SimulatedRequest[];
  readonly texts: PlanTexts;
  /** Tells the texts of two loads apart. */
  readonly run: number;
}

export interface MeasuredRequest {
  /** With the token counts that the worker has read. */
  readonly request: SimulatedRequest;
  /** From the moment at which it was to be sent, whatever kept it from that, to its answer. */
  readonly latencyMs: number;
}

/** Sends every request at its time, however many are out. Rejects when one fails. */
export async function sendOpenLoop({ worker, requests, texts, run }: OpenLoop): Promise<MeasuredRequest[]> {
  const startedAtMs = performance.now();
  const sent: Promise<MeasuredRequest>[] = [];
  const sendOne = async (request: SimulatedRequest, index: number): Promise<MeasuredRequest> => {
    const { documentTokens, queryTokens } = await worker.score({
      query: texts.query(index, run),
      documents: request.documents.map(({ id, isKept }) =>
        isKept ? texts.keptDocument(id) : texts.newDocument(id, run),
      ),
      tenant: request.tenant,
      scoresQuery: true,
    });
    const latencyMs = performance.now() - startedAtMs - request.atMs;
    const documents = request.documents.map((document, place) => ({
      ...document,
      tokens: documentTokens[place] ?? document.tokens,
    }));
    return { request: { ...request, documents, queryTokens }, latencyMs };
  };
  for (const [index, request] of requests.entries()) {
    const waitMs = startedAtMs + request.atMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const answer = sendOne(request, index);
    // Awaited below; until then, a failure is not unhandled.
    answer.catch(() => undefined);
    sent.push(answer);
  }
  return Promise.all(sent);
}
