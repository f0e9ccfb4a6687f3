import type { SoakRequest } from '#test/bench/soak/draw-request.ts';

/** How a request ended: scored, or with the code of an error. */
export type SoakOutcome = 'scored' | (string & {});

/** A score that was given in the middle of everything else. */
export interface SampledScore {
  readonly request: SoakRequest;
  readonly document: string;
  /** Nats, one a target. */
  readonly targets: readonly number[];
}

interface Entry {
  readonly request: SoakRequest;
  /** Documents of it that the engine said it had scored. */
  documents: number;
  outcome: SoakOutcome | null;
}

/** Samples that are kept at most: each is scored once more at the end. */
const samplesMax = 300;

/** Faults that are told at most; all are counted. */
const faultsToldMax = 20;

/** Keeps account of every request: each has to end once, in a way that it asked for, and its documents have to be scored once. */
export class SoakLedger {
  readonly samples: SampledScore[] = [];
  readonly #entries = new Map<number, Entry>();
  readonly #faults: string[] = [];
  #faultCount = 0;

  start(id: number, request: SoakRequest): void {
    this.#entries.set(id, { request, documents: 0, outcome: null });
  }

  documentScored(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      this.fault(`request ${id}: a document was scored that nobody asked for`);
      return;
    }
    entry.documents += 1;
    if (entry.documents > entry.request.documents.length) this.fault(`request ${id}: a document was scored twice`);
  }

  /** @param scores of each document its targets' log-likelihoods; null where the request was not scored */
  end(id: number, outcome: SoakOutcome, scores: readonly (readonly number[])[] | null): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      this.fault(`request ${id}: an answer came that nobody asked for`);
      return;
    }
    if (entry.outcome !== null) {
      this.fault(`request ${id}: a second answer came (${entry.outcome}, ${outcome})`);
      return;
    }
    entry.outcome = outcome;
    const { documents, sampled } = entry.request;
    if (!isAllowed(outcome, entry.request)) this.fault(`request ${id}: it ended with ${outcome}`);
    if (outcome !== 'scored') return;
    if (scores?.length !== documents.length)
      this.fault(`request ${id}: ${documents.length} documents got ${scores?.length ?? 0} scores`);
    if (entry.documents !== documents.length)
      this.fault(`request ${id}: ${entry.documents} of ${documents.length} documents were scored when it was answered`);
    const [document, targets] = sampled === null ? [] : [documents[sampled], scores?.[sampled]];
    if (document !== undefined && targets !== undefined && this.samples.length < samplesMax)
      this.samples.push({ request: entry.request, document, targets });
  }

  fault(sentence: string): void {
    this.#faultCount += 1;
    if (this.#faults.length < faultsToldMax) this.#faults.push(sentence);
  }

  /** Requests by how they ended; those that have not are `lost`. */
  outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { outcome } of this.#entries.values()) {
      const name = outcome ?? 'lost';
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** Documents that the engine said it had scored. */
  documents(): number {
    return [...this.#entries.values()].reduce((sum, { documents }) => sum + documents, 0);
  }

  /** What went wrong, in sentences; nothing: all is well. */
  faults(): string[] {
    const lost = this.outcomes()['lost'] ?? 0;
    const more = this.#faultCount - this.#faults.length;
    return [
      ...this.#faults,
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(lost > 0 ? [`${lost} requests were never answered`] : []),
    ];
  }
}

/** A full queue may refuse anybody; the others only whoever left or was late. */
function isAllowed(outcome: SoakOutcome, { leavesAfterMs, deadlineMs }: SoakRequest): boolean {
  if (outcome === 'request_cancelled') return leavesAfterMs !== null;
  if (outcome === 'deadline_exceeded') return deadlineMs !== null;
  return outcome === 'scored' || outcome === 'overloaded';
}
