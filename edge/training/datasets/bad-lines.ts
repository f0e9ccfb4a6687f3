import { formatCount } from '#edge/format-count.ts';
import { limits } from '#shared/limits.ts';

/** Lines that a dataset is refused for: all are counted, the first are named. */
export class BadLines {
  readonly #named: string[] = [];
  #count = 0;

  /** `place` — `line 3`, `corpus.jsonl line 3`; `reason` — a clause without the line's texts. */
  add(place: string, reason: string): void {
    this.#count += 1;
    if (this.#named.length < limits.datasetDescribedLinesMax) this.#named.push(`${place}: ${reason}`);
  }

  /** Clauses; none where no line is bad. */
  describe(): string[] {
    const more = this.#count - this.#named.length;
    return more > 0 ? [...this.#named, `and ${formatCount(more)} more bad lines`] : [...this.#named];
  }
}
