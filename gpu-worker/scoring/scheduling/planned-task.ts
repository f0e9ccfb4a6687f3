/** What the planner knows of a task. Rows are estimates: nothing is tokenised yet. */
export interface PlannedTask {
  /** Whose share of the threads pays for it. */
  readonly tenant: string;
  /** Tasks of one request take turns with those of the tenant's other requests. */
  readonly request: string;
  /** Of a caller whose own region is another: it waits for all others. */
  readonly isGuest?: boolean;
  /** Equal for all tasks of a request; the tenant's tasks of a lower number go first. */
  readonly priority: number;
  /** Equal for tasks with the same prefix; null where nothing is kept. */
  readonly prefixKey: string | null;
  readonly prefixRows: number;
  readonly suffixRows: number;
  /** Unix milliseconds; it is not started from then on. */
  readonly deadlineAtMs: number | undefined;
  /** Part of a task that was let in before: it is never refused, and goes before what its request has not begun. */
  readonly isContinuation?: boolean;
}
