import type { CandidateSet } from '#cli/study/candidates/build-candidate-set.ts';
import type { Study, StudyInputs } from '#cli/study/study.ts';
import type { StudyResults } from '#cli/study/study-results.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';

/** A finished study, before it is written down. */
export interface StudyReport {
  readonly study: Study;
  readonly inputs: StudyInputs;
  /** Names without folders. */
  readonly data: string;
  readonly model: string;
  readonly modelFingerprint: string;
  readonly precision: Precision;
  /** Candidates of each row, by its id. */
  readonly sets: ReadonlyMap<string, CandidateSet>;
  readonly results: StudyResults;
}
