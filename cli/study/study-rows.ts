import type { StudyCandidates, StudyRow, StudyScorer, StudyTraining } from '#cli/study/study.ts';

/** The candidates that studies share unless they vary them: BM25 with the whole query, the documents as they are, the paper's protocol. */
export const bm25Candidates: StudyCandidates = {
  firstStage: { kind: 'bm25', queryShare: 1 },
  answerableOnly: true,
};

export const firstStageScorer: StudyScorer = { kind: 'first-stage' };
export const uprScorer: StudyScorer = { kind: 'template', template: 'upr-1' };
/** UPR with an instruction: what an adapter of the same template has to beat. */
export const baseScorer: StudyScorer = { kind: 'template', template: 'clean-1' };

/** An adapter trained on all the study's training queries, unless `parts` says otherwise. */
export function trained(
  settings: StudyTraining['settings'],
  parts: Partial<Omit<StudyTraining, 'settings'>> = {},
): Extract<StudyScorer, { kind: 'adapter' }> {
  return { kind: 'adapter', training: { settings, share: 1, ...parts } };
}

/** The row without an adapter that most studies have. */
export function baseRow(panel: string): StudyRow {
  return { id: 'upr-inst', panel, label: 'UPR-Inst', candidates: bm25Candidates, scorer: baseScorer };
}
