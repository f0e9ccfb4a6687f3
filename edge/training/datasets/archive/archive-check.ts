import { formatCount } from '#edge/format-count.ts';
import {
  type CheckedRecord,
  checkDocumentLine,
  checkJudgementLine,
  checkQueryLine,
} from '#edge/training/datasets/archive/archive-lines.ts';
import { type JoinedJudgements, joinJudgements } from '#edge/training/datasets/archive/join-judgements.ts';
import { JudgedPairs } from '#edge/training/datasets/archive/judged-pairs.ts';
import { QueryTexts } from '#edge/training/datasets/archive/query-texts.ts';
import { BadLines } from '#edge/training/datasets/bad-lines.ts';
import type { DatasetVerdict } from '#edge/training/datasets/dataset-check.ts';
import { describeLines, judgeQueries, queryDigest } from '#edge/training/datasets/judge-queries.ts';
import { textDigest } from '#edge/training/datasets/text-digest.ts';
import { type BeirMembers, beirPaths } from '#shared/beir/find-beir-members.ts';
import { limits } from '#shared/limits.ts';
import { type DatasetSplit, datasetSplits } from '#shared/protocol/dataset.ts';

export type ArchivePart = keyof BeirMembers;

/** Parts in the order in which they are to be read: judgements say which queries are kept. */
export const archiveParts: readonly ArchivePart[] = ['train', 'dev', 'test', 'queries', 'corpus'];

/**
 * Checks the parts of a BEIR data set line by line, as training would read them: what keeps it from training is a bad line, what it leaves out a warning.
 * Of an id 53 bits are kept, of a judged query its text's too: at all limits at once 48 MB (in Node) of the isolate's 128.
 */
export class ArchiveCheck {
  readonly #bad = new BadLines();
  readonly #judged: Readonly<Record<DatasetSplit, JudgedPairs>> = {
    train: new JudgedPairs(),
    dev: new JudgedPairs(),
    test: new JudgedPairs(),
  };
  readonly #texts = new QueryTexts();
  /** Digests of ids of documents that have text, and of those that have none with their lines. */
  readonly #documents = new Set<number>();
  readonly #emptyDocuments = new Map<number, number>();
  readonly #hasDev: boolean;

  constructor({ hasDev }: { readonly hasDev: boolean }) {
    this.#hasDev = hasDev;
  }

  /** Line `number` (from 1) of a part, without its end; undefined: it is longer than a line may be. */
  add(part: ArchivePart, bytes: Uint8Array | undefined, number: number): void {
    if (bytes === undefined) {
      this.#refuse(part, number, `has more than ${formatCount(limits.datasetLineBytesMax)} bytes`);
    } else if (part === 'corpus') {
      this.#take(part, number, checkDocumentLine(bytes), ({ _id, text }) => this.#addDocument(_id, text, number));
    } else if (part === 'queries') {
      this.#take(part, number, checkQueryLine(bytes), ({ _id, text }) => this.#addQuery(_id, text, number));
    } else {
      this.#take(part, number, checkJudgementLine(bytes, number), (judged) => {
        if (!this.#hasTooManyJudgements()) this.#judged[part].add(judged, number);
      });
    }
  }

  finish(): DatasetVerdict {
    const joined = joinJudgements(this.#judged, this.#texts, (document) => this.#documents.has(document));
    const { found, repeated, unknownQueries } = joined;
    for (const split of datasetSplits) {
      for (const line of unknownQueries[split]) this.#refuse(split, line, `its query is not in ${beirPaths.queries}`);
    }
    const places = { lines: `${beirPaths.queries} lines`, noDev: `there is no ${beirPaths.dev}` };
    const judged = judgeQueries(found, repeated, { hasDev: this.#hasDev, ...places });
    const problems = [...this.#bad.describe(), ...this.#describeTooMany()];
    // Counts say nothing while lines are missing from them.
    if (problems.length === 0) problems.push(...judged.problems);
    if (problems.length > 0) return { kind: 'invalid', message: `The dataset is not valid: ${problems.join('; ')}.` };
    const { train, dev, test } = this.#judged;
    const queries = { train: train.queries.size, dev: dev.queries.size, test: test.queries.size };
    const warnings = [...judged.warnings, ...this.#describeLeftOut(joined)];
    return { kind: 'valid', facts: { queries, passages: this.#documents.size, warnings } };
  }

  #describeTooMany(): string[] {
    const { archiveDocumentsMax, archiveQueriesMax, archivePairsMax } = limits;
    const [queriesMax, pairsMax] = [formatCount(archiveQueriesMax), formatCount(archivePairsMax)];
    return [
      ...(this.#hasTooManyJudgements()
        ? [`more than ${queriesMax} queries are judged, or ${pairsMax} pairs relevant`]
        : []),
      ...(this.#hasTooManyDocuments()
        ? [`${beirPaths.corpus} has more than ${formatCount(archiveDocumentsMax)} documents`]
        : []),
    ];
  }

  #describeLeftOut({ unknownDocuments, withoutRelevant }: JoinedJudgements): string[] {
    const unknown = 'relevant documents are not in the corpus, or have no text, and are left out';
    return [
      ...datasetSplits.flatMap((split) => describeLines(unknownDocuments[split], unknown, `${beirPaths[split]} lines`)),
      ...describeLines(
        withoutRelevant,
        'queries have no relevant document left and are left out',
        `${beirPaths.queries} lines`,
      ),
      ...describeLines(
        [...this.#emptyDocuments.values()],
        'documents have no text and are left out',
        `${beirPaths.corpus} lines`,
      ),
    ];
  }

  #hasTooManyJudgements(): boolean {
    const { train, dev, test } = this.#judged;
    return (
      train.queries.size + dev.queries.size + test.queries.size > limits.archiveQueriesMax ||
      train.pairCount + dev.pairCount + test.pairCount > limits.archivePairsMax
    );
  }

  #hasTooManyDocuments(): boolean {
    return this.#documents.size + this.#emptyDocuments.size > limits.archiveDocumentsMax;
  }

  #take<Value>(part: ArchivePart, number: number, checked: CheckedRecord<Value>, add: (value: Value) => void): void {
    if (checked.kind === 'bad') this.#refuse(part, number, checked.reason);
    if (checked.kind === 'record') add(checked.value);
  }

  #refuse(part: ArchivePart, number: number, reason: string): void {
    this.#bad.add(`${beirPaths[part]} line ${number}`, reason);
  }

  #addQuery(id: string, text: string, line: number): void {
    const digest = textDigest(id);
    if (datasetSplits.some((split) => this.#judged[split].has(digest))) {
      this.#texts.set(digest, { text: queryDigest(text), line });
    }
  }

  #addDocument(id: string, text: string, line: number): void {
    if (this.#hasTooManyDocuments()) return;
    const digest = textDigest(id);
    if (this.#documents.has(digest) || this.#emptyDocuments.has(digest)) {
      this.#refuse('corpus', line, 'its _id stands in an earlier line');
    } else if (text.trim() === '') this.#emptyDocuments.set(digest, line);
    else this.#documents.add(digest);
  }
}
