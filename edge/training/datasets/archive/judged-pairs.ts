import { textDigest } from '#edge/training/datasets/text-digest.ts';
import type { BeirJudgement } from '#shared/beir/beir-lines.ts';

interface RelevantPair {
  /** Digests of the ids. */
  readonly query: number;
  readonly document: number;
  readonly line: number;
}

/** In the place of the line of a pair that a later line took back. */
const notRelevant = 0;

/**
 * The judgements of one part, as digests: of two lines about one pair the later counts, as where they are trained on. Pairs are columns of numbers, which
 * take a third of the memory that objects would.
 */
export class JudgedPairs {
  /** Digest of a judged query's id → its first line. */
  readonly #queries = new Map<number, number>();
  /** Digest of a pair → its place in the columns. */
  readonly #pairs = new Map<number, number>();
  readonly #pairQueries: number[] = [];
  readonly #pairDocuments: number[] = [];
  readonly #pairLines: number[] = [];

  add({ queryId, documentId, gain }: BeirJudgement, line: number): void {
    const query = textDigest(queryId);
    if (!this.#queries.has(query)) this.#queries.set(query, line);
    const pair = textDigest(`${queryId}\t${documentId}`);
    const place = this.#pairs.get(pair);
    if (place !== undefined) this.#pairLines[place] = gain > 0 ? line : notRelevant;
    else if (gain > 0) {
      this.#pairs.set(pair, this.#pairLines.length);
      this.#pairQueries.push(query);
      this.#pairDocuments.push(textDigest(documentId));
      this.#pairLines.push(line);
    }
  }

  has(query: number): boolean {
    return this.#queries.has(query);
  }

  /** Digest of the id of each judged query → its first line, in order. */
  get queries(): ReadonlyMap<number, number> {
    return this.#queries;
  }

  /** Pairs that were relevant at some line: what they take of the memory. */
  get pairCount(): number {
    return this.#pairLines.length;
  }

  *relevant(): Generator<RelevantPair> {
    for (const [place, line] of this.#pairLines.entries()) {
      if (line === notRelevant) continue;
      yield { query: this.#pairQueries[place] ?? 0, document: this.#pairDocuments[place] ?? 0, line };
    }
  }
}
