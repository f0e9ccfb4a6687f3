/** Nothing worth training comes out below the first number; below the second, a real gain may not show. The paper's smallest study has 80 queries. */
export const queryMinimums = {
  train: { required: 16, recommended: 80 },
  dev: { required: 8, recommended: 50 },
} as const;

export type ProblemSeverity = 'error' | 'warning';

interface ProblemRule {
  readonly severity: ProblemSeverity;
  /** What was found and what was done about it, behind the count. */
  readonly sentence: string;
}

const rules = {
  'invalid-line': { severity: 'error', sentence: 'lines are not valid and were passed over' },
  'query-without-text': { severity: 'error', sentence: 'judged queries are not in queries.jsonl and were left out' },
  'too-few-train-queries': {
    severity: 'error',
    sentence: `training queries are left; training needs at least ${queryMinimums.train.required}`,
  },
  'few-train-queries': {
    severity: 'warning',
    sentence: `training queries are few; ${queryMinimums.train.recommended} or more are advised`,
  },
  'too-few-dev-queries': {
    severity: 'error',
    sentence: `dev queries are left; telling whether training helps needs at least ${queryMinimums.dev.required}`,
  },
  'few-dev-queries': {
    severity: 'warning',
    sentence: `dev queries are few; with less than ${queryMinimums.dev.recommended} a gain of some points may be chance`,
  },
  'empty-passage': { severity: 'warning', sentence: 'passages are empty and were left out' },
  'repeated-document': {
    severity: 'error',
    sentence: 'document ids stand in the corpus more than once; which text is meant cannot be told',
  },
  'positive-missing': {
    severity: 'warning',
    sentence: 'relevant passages are not in the corpus, or empty, and were left out',
  },
  'hard-negative-missing': { severity: 'warning', sentence: 'hard negatives are empty and were left out' },
  'positive-is-hard-negative': {
    severity: 'warning',
    sentence: 'passages are relevant and hard negative for the same query; they were kept as relevant',
  },
  'query-without-positive': {
    severity: 'warning',
    sentence: 'queries have no relevant passage left and were left out',
  },
  'query-without-negative': {
    severity: 'warning',
    sentence: 'training queries have no hard negative, given or found by BM25; they can only be ranked against others',
  },
  'repeated-query': {
    severity: 'warning',
    sentence: 'queries repeat the text of an earlier one of their set and were joined with it',
  },
  'train-query-in-test': {
    severity: 'warning',
    sentence: 'training queries are also test queries; they were left out of training, or the test would not be one',
  },
  'dev-query-in-test': { severity: 'warning', sentence: 'dev queries are also test queries and were left out of dev' },
  'train-query-in-dev': {
    severity: 'warning',
    sentence: 'training queries are also dev queries and were left out of training',
  },
} as const satisfies Record<string, ProblemRule>;

export type DataProblemKind = keyof typeof rules;

export interface DataProblem {
  readonly kind: DataProblemKind;
  /** An error has to be mended before training; after a warning the data is usable as it was returned. */
  readonly severity: ProblemSeverity;
  readonly count: number;
  /** The first few places: lines, query ids, document ids. */
  readonly examples: readonly string[];
  /** One sentence with count and examples. */
  readonly message: string;
}

/** Examples that a problem names; the count tells of the others. */
const examplesMax = 5;

/** Counts the problems of a data set while it is read. */
export class ProblemLog {
  readonly #found = new Map<DataProblemKind, { count: number; examples: string[] }>();

  /** `count` is that of a problem which is a number by itself, as "12 training queries are left". */
  add(kind: DataProblemKind, example?: string, count = 1): void {
    const found = this.#found.get(kind) ?? { count: 0, examples: [] };
    found.count += count;
    if (example !== undefined && found.examples.length < examplesMax) found.examples.push(example);
    this.#found.set(kind, found);
  }

  /** Errors first, then in the order of the rules. */
  list(): DataProblem[] {
    const kinds = (Object.keys(rules) as DataProblemKind[]).filter((kind) => this.#found.has(kind));
    const problems = kinds.map((kind) => describe(kind, this.#found.get(kind) ?? { count: 0, examples: [] }));
    return problems.sort((a, b) => a.severity.localeCompare(b.severity));
  }
}

function describe(kind: DataProblemKind, { count, examples }: { count: number; examples: string[] }): DataProblem {
  const { severity, sentence } = rules[kind];
  const places = examples.length === 0 ? '' : `: ${examples.join(', ')}${count > examples.length ? ', …' : ''}`;
  return { kind, severity, count, examples, message: `${count} ${sentence}${places}.` };
}
