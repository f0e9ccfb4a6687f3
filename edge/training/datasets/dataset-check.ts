import { formatCount } from '#edge/format-count.ts';
import { BadLines } from '#edge/training/datasets/bad-lines.ts';
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

/** The first bytes of a zip archive; no JSON begins with them. */
const zipSignature = [0x50, 0x4b, 0x03, 0x04];
const sentAsLines = 'The dataset is a zip archive; send it with Content-Type: application/zip.';

/** Checks a dataset while its bytes pass, a line at a time: what is kept is a digest and a line's number for each query. */
export class DatasetCheck {
  readonly #splitter = new LineSplitter(limits.datasetLineBytesMax, (bytes) => this.#check(bytes));
  readonly #bad = new BadLines();
  readonly #queries: Record<DatasetSplit, number> = { train: 0, dev: 0, test: 0 };
  readonly #found: FoundQueries = { train: new Map(), dev: new Map(), test: new Map() };
  readonly #repeated: number[] = [];
  #isZip: boolean | undefined;
  #lines = 0;
  #passages = 0;

  push(chunk: Uint8Array): void {
    this.#isZip ??= zipSignature.every((byte, index) => chunk[index] === byte);
    this.#splitter.push(chunk);
  }

  finish(): DatasetVerdict {
    this.#splitter.finish();
    if (this.#isZip === true) return { kind: 'invalid', message: sentAsLines };
    const problems = this.#bad.describe();
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
    this.#bad.add(`line ${this.#lines}`, reason);
  }

  #add({ query, relevant_passages: relevant, hard_negatives: negatives, split }: DatasetLine): void {
    this.#queries[split] += 1;
    this.#passages += relevant.length + (negatives?.length ?? 0);
    const digest = queryDigest(query);
    if (this.#found[split].has(digest)) this.#repeated.push(this.#lines);
    else this.#found[split].set(digest, this.#lines);
  }
}
