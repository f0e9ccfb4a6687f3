import type { StageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import type { SuffixRun } from '#gpu-worker/scoring/batch/suffix-runs.ts';
import type { DocumentSplit } from '#gpu-worker/scoring/chunks/document-split.ts';
import type { PrefixCacheStatistics } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';
import type { ChunkTask, PairScore, QueryTask, ScoreTask, TokenTask } from '#gpu-worker/scoring/scoring-engine.ts';

/** One task of a batch. */
export type ScoringWork =
  | { readonly kind: 'score'; readonly task: ScoreTask }
  | { readonly kind: 'chunk'; readonly task: ChunkTask }
  | { readonly kind: 'query'; readonly task: QueryTask }
  | { readonly kind: 'tokens'; readonly task: TokenTask };

export interface BatchEntry {
  readonly work: ScoringWork;
  /** Unix milliseconds; not started by then, it is dropped with `deadline_exceeded`. */
  readonly deadlineAtMs: number | undefined;
  /** Whether its times say when each stage was, too. */
  readonly isTraced?: boolean;
}

/** What a task gave: scores, or the chunks that are to be scored in its place. */
export type TaskResult =
  | { readonly kind: 'scored'; readonly scores: PairScore[] }
  | { readonly kind: 'split'; readonly split: DocumentSplit };

/** What became of one task; `Fault` is what was thrown, in the form that its reader can take. */
export type TaskOutcome<Fault> =
  | (TaskResult & { readonly times: StageTimes })
  | { readonly kind: 'failed'; readonly error: Fault };

/** What became of a batch: an outcome for each entry, in order, and what it took. */
export interface BatchResult<Fault> {
  readonly outcomes: readonly TaskOutcome<Fault>[];
  readonly runs: readonly SuffixRun[];
  readonly prefixes: PrefixCacheStatistics;
}
