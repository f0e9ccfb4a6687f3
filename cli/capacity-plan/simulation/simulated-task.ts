import type { SimulatedDocument, SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import { estimatedRows } from '#gpu-worker/scoring/scheduling/estimated-rows.ts';
import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';

/** A task as the planner sees it, and what its time is computed from. */
export interface SimulatedTask extends PlannedTask {
  readonly priority: number;
  /** The call that it is of. */
  readonly call: number;
  /** null for the query without a document, of which the score needs to know how likely it is. */
  readonly document: SimulatedDocument | null;
  readonly queryTokens: number;
  readonly hasAdapter: boolean;
}

/** The tasks of a call: one a document, and perhaps the query's own. */
export function tasksOf(request: SimulatedRequest, call: number): SimulatedTask[] {
  const { tenant, queryTokens, hasAdapter } = request;
  const common = { tenant, request: String(call), priority: 0, deadlineAtMs: undefined, call, queryTokens };
  const suffixRows = queryTokens + estimatedRows.suffix;
  const withHints = suffixRows + (hasAdapter ? estimatedRows.hints : 0);
  const query = { ...common, hasAdapter: false, document: null, prefixKey: null, prefixRows: estimatedRows.prefix };
  return [
    ...request.documents.map((document) => ({
      ...common,
      ...{ hasAdapter, document, prefixKey: String(document.id), suffixRows: withHints },
      prefixRows: estimatedRows.prefix + document.tokens,
    })),
    ...(request.scoresQuery ? [{ ...query, suffixRows }] : []),
  ];
}
