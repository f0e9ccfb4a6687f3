import type { SimulatedDocument, SimulatedRequest, Workload } from '#cli/capacity-plan/simulation/workload.ts';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';

export interface RequestsToDraw {
  readonly workload: Workload;
  readonly requests: number;
  /** Kept documents to draw from: many more than a request has. */
  readonly keptDocuments: number;
  readonly seed: number;
}

/** Tenants that send in turns of chance; the scheduler serves those that wait alike. */
const tenants = 8;

/**
 * Requests of an open loop: they come when they come (a Poisson process), however long the others take. The same seed draws the same requests at any rate,
 * only closer together, so that two loads differ by nothing else.
 */
export function drawRequests({ workload, requests, keptDocuments, seed }: RequestsToDraw): SimulatedRequest[] {
  const random = seededRandom(seed, 'capacity-plan', 0);
  const pick = (choices: readonly number[]) => choices[random.integer(choices.length)] ?? 0;
  // Kept documents have a length of their own, whenever they are drawn.
  const keptTokens = Array.from({ length: keptDocuments }, () => pick(workload.documentTokens));
  let nextId = keptDocuments;
  const drawDocument = (): SimulatedDocument => {
    if (random.uniform() < workload.hitRate) {
      const id = random.integer(keptDocuments);
      return { id, tokens: keptTokens[id] ?? 0, isKept: true };
    }
    nextId += 1;
    return { id: nextId, tokens: pick(workload.documentTokens), isKept: false };
  };
  let atMs = 0;
  return Array.from({ length: requests }, () => {
    atMs -= (Math.log(1 - random.uniform()) * 1_000) / workload.requestsPerSecond;
    return {
      atMs,
      tenant: `tenant-${random.integer(tenants)}`,
      documents: Array.from({ length: pick(workload.documentsPerRequest) }, drawDocument),
      queryTokens: pick(workload.queryTokens),
      hasAdapter: random.uniform() < workload.adapterShare,
      scoresQuery: true,
    };
  });
}
