import type { CapacityNeeds, CapacityPlan, LoadPoint } from '#cli/capacity-plan/planning/plan-capacity.ts';
import { prefixBudget } from '#cli/capacity-plan/render-plan.ts';

/** The plan for programs; the hardware as it was computed with. */
export function renderPlanJson(plan: CapacityPlan, needs: CapacityNeeds): string {
  const { workers, memory, load, others } = plan;
  const { hotDocuments, hardware, workload } = needs;
  const prefixBytes = prefixBudget({ memory, workers, hotDocuments, hardware });
  const shown = {
    workers,
    spare_workers: plan.spare,
    documents_per_second_of_worker: plan.documentsPerSecondOfWorker,
    load: shapePoint(load),
    other_loads: others.map(shapePoint),
    memory: {
      fixed_bytes: memory.fixedBytes,
      document_bytes: memory.documentBytes,
      prefix_cache_bytes: prefixBytes,
      prefix_cache_bytes_max: memory.prefixBytesMax,
      documents_kept: Math.floor(prefixBytes / memory.documentBytes),
    },
    cost_per_million_documents: plan.costPerMillionDocuments,
    workload: {
      requests_per_second: workload.requestsPerSecond,
      documents_per_request: workload.documentsPerRequest,
      document_tokens: workload.documentTokens,
      query_tokens: workload.queryTokens,
      adapter_share: workload.adapterShare,
      hit_rate: workload.hitRate,
      score_cache_rate: needs.scoreCacheRate,
    },
    hardware,
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function shapePoint({ share, documentsPerSecond, p50Ms, p95Ms, p99Ms }: LoadPoint) {
  return { share, documents_per_second: documentsPerSecond, p50_ms: p50Ms, p95_ms: p95Ms, p99_ms: p99Ms };
}
