import { formatCount } from '#edge/format-count.ts';
import { checkDatasetLine } from '#edge/training/datasets/check-dataset-line.ts';
import type { DatasetFacts } from '#edge/training/datasets/dataset-facts.ts';
import { type FoundQueries, judgeQueries, queryDigest } from '#edge/training/datasets/judge-queries.ts';
import { LineSplitter } from '#edge/training/datasets/line-splitter.ts';
import { limits } from '#shared/limits.ts';
import type { DatasetLine, DatasetSplit } from '#shared/protocol/dataset.ts';

export type DatasetVerdict =
  | { readonly kind: 'valid'; readonly facts: DatasetFacts }
  /** One sentence with every problem, bad lines by number. */
  | { readonly kind: 'invalid'; readonly message: string };

/** Checks a dataset while its bytes pass, a line at a time: what is kept is a digest and a line's number for each query. */
export class DatasetCheck {
  readonly #splitter = new LineSplitter(limits.datasetLineBytesMax, (bytes) => this.#check(bytes));
  readonly #bad: string[] = [];
  readonly #queries: Record<DatasetSplit, number> = { train: 0, dev: 0, test: 0 };
  readonly #found: FoundQueries = { train: new Map(), dev: new Map(), test: new Map() };
  readonly #repeated: number[] = [];
  #badCount = 0;
  #lines = 0;
  #passages = 0;

  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
  }

  finish(): DatasetVerdict {
    this.#splitter.finish();
    const problems = this.#describeBadLines();
    if (this.#lines > limits.datasetLinesMax) {
      problems.push(`it has ${formatCount(this.#lines)} lines, the limit is ${formatCount(limits.datasetLinesMax)}`);
    }
    const judged = judgeQueries(this.#found, this.#repeated);
    // Counts say nothing while lines are missing from them.
    if (problems.length === 0) problems.push(...judged.problems);
    if (problems.length > 0) return { kind: 'invalid', message: `The dataset is not valid: ${problems.join('; ')}.` };
    const warnings = [...judged.warnings];
    return { kind: 'valid', facts: { queries: { ...this.#queries }, passages: this.#passages, warnings } };
  }

  #check(bytes: Uint8Array | undefined): void {
    this.#lines += 1;
    if (this.#lines > limits.datasetLinesMax) return;
    if (bytes === undefined) {
      this.#refuse(`has more than ${formatCount(limits.datasetLineBytesMax)} bytes`);
      return;
    }
    const checked = checkDatasetLine(bytes);
    if (checked.kind === 'bad') this.#refuse(checked.reason);
    if (checked.kind === 'line') this.#add(checked.line);
  }

  #refuse(reason: string): void {
    this.#badCount += 1;
    if (this.#bad.length < limits.datasetDescribedLinesMax) this.#bad.push(`line ${this.#lines}: ${reason}`);
  }

  #add({ query, relevant_passages: relevant, hard_negatives: negatives, split }: DatasetLine): void {
    this.#queries[split] += 1;
    this.#passages += relevant.length + (negatives?.length ?? 0);
    const digest = queryDigest(query);
    if (this.#found[split].has(digest)) this.#repeated.push(this.#lines);
    else this.#found[split].set(digest, this.#lines);
  }

  #describeBadLines(): string[] {
    const more = this.#badCount - this.#bad.length;
    return more > 0 ? [...this.#bad, `and ${formatCount(more)} more bad lines`] : [...this.#bad];
  }
}
