import { formatCount } from '#edge/format-count.ts';
import { textDigest } from '#edge/training/datasets/text-digest.ts';
import type { BeirJudgement } from '#shared/beir/beir-lines.ts';
import { limits } from '#shared/limits.ts';

interface RelevantPair {
  /** Digests of the ids. */
  readonly query: number;
  readonly document: number;
  readonly line: number;
}

/** The judgements of one part, as digests: of two lines about one pair the later counts, as where they are trained on. */
export class JudgedPairs {
  /** Digest of a judged query's id → its first line. */
  readonly #queries = new Map<number, number>();
  readonly #pairs = new Map<number, RelevantPair>();
  #tooMany = false;

  add({ queryId, documentId, gain }: BeirJudgement, line: number): void {
    if (this.#tooMany) return;
    const query = textDigest(queryId);
    if (!this.#queries.has(query)) this.#queries.set(query, line);
    const pair = textDigest(`${queryId}\t${documentId}`);
    if (gain > 0) this.#pairs.set(pair, { query, document: textDigest(documentId), line });
    else this.#pairs.delete(pair);
    const { datasetLinesMax } = limits;
    this.#tooMany = this.#pairs.size > datasetLinesMax || this.#queries.size > datasetLinesMax;
  }

  has(query: number): boolean {
    return this.#queries.has(query);
  }

  /** Digest of the id of each judged query → its first line, in order. */
  get queries(): ReadonlyMap<number, number> {
    return this.#queries;
  }

  relevant(): Iterable<RelevantPair> {
    return this.#pairs.values();
  }

  /** A clause where there are more than are read. */
  problem(path: string): string | undefined {
    if (!this.#tooMany) return undefined;
    return `${path} has more than ${formatCount(limits.datasetLinesMax)} queries, or relevant pairs`;
  }
}
