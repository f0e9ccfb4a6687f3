import type { z } from 'zod';
import type { StudyResults } from '#cli/study/study-results.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';

/** How large a study is; everything that its time and its intervals depend on. */
export interface StudySizes {
  /** Queries that adapters learn from; 100 % where a study varies them. */
  readonly trainQueries: number;
  /** Test queries, drawn with a fixed seed. */
  readonly testQueries: number;
  /** Candidates of each test query. */
  readonly depth: number;
  /** Steps of each training. */
  readonly steps: number;
  /** Trainings of each adapter, with seeds 1, 2, … */
  readonly seeds: number;
  /** Queries that a training looks at. */
  readonly devQueries: number;
  /** Which look's adapter is measured. */
  readonly keep: 'best' | 'last';
  /** Of one passage, in training and at the test. */
  readonly maxTokensPerDoc: number;
}

/** Where candidates come from: BM25 that reads a share of the query's words, random documents with a relevant one among them, or a run file. */
export type StudyFirstStage =
  | { readonly kind: 'bm25'; readonly queryShare: number }
  | { readonly kind: 'random' }
  | { readonly kind: 'run'; readonly path: string };

/** What the methods of a row rank. Rows with equal candidates are measured together. */
export interface StudyCandidates {
  readonly firstStage: StudyFirstStage;
  /** Makes each document of so many passages, cut to one length: itself and distractors. Absent: the documents as they are. */
  readonly passages?: number;
  /** Without the queries whose candidates hold no relevant document: no method can do anything for them (the paper's protocol). */
  readonly answerableOnly: boolean;
}

/** An adapter to train; what is not named is the preset of `hintrank train`, at the study's sizes. */
export interface StudyTraining {
  readonly settings: Omit<z.input<typeof trainingSettingsSchema>, 'seed' | 'steps' | 'maxTokensPerDoc'>;
  /** Share of the study's training queries. */
  readonly share: number;
  /** Negatives are random documents instead of BM25's best: what a bad first stage would have given. */
  readonly randomNegatives?: boolean;
}

/** What orders the candidates. */
export type StudyScorer =
  | { readonly kind: 'first-stage' }
  | { readonly kind: 'template'; readonly template: TemplateName }
  | {
      readonly kind: 'adapter';
      readonly training: StudyTraining;
      /** Hints at the test are random tokens, whatever they were in training. */
      readonly randomHints?: boolean;
    };

/** One line of a study's table: a scorer on candidates; an adapter is trained and measured once for each seed. */
export interface StudyRow {
  /** Unique in the study. */
  readonly id: string;
  /** The plot that it stands in. */
  readonly panel: string;
  readonly label: string;
  /** Place on the panel's axis, where it is a quantity; rows of one `series` are then joined by a line. */
  readonly x?: number;
  readonly series?: string;
  readonly candidates: StudyCandidates;
  readonly scorer: StudyScorer;
}

/** Two rows that are held against each other by query, by id. */
export interface StudyPair {
  readonly row: string;
  readonly against: string;
}

export interface StudyGrid {
  readonly rows: readonly StudyRow[];
  readonly pairs: readonly StudyPair[];
}

export interface StudyInputs {
  readonly sizes: StudySizes;
  /** Run file of another first stage, of the studies that can use one. */
  readonly runPath: string | undefined;
}

export interface Study {
  readonly name: string;
  readonly title: string;
  /** What it asks, for people. */
  readonly question: string;
  /** What the axis of the plots is, where it is a quantity. */
  readonly axis?: string;
  /** Whether `--run` is of use. */
  readonly takesRun: boolean;
  /** How it was set up, a sentence each: what a reader needs to judge the figures. */
  readonly notes: (inputs: StudyInputs) => readonly string[];
  readonly grid: (inputs: StudyInputs) => StudyGrid;
  /** One sentence, from the figures alone. */
  readonly conclude: (results: StudyResults) => string;
}
