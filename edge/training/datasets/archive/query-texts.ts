/** A judged query of `queries.jsonl`. */
export interface QueryText {
  /** Digest of the text. */
  readonly text: number;
  readonly line: number;
}

/** Texts of judged queries by digests of their ids; of two of one id the later counts, as where they are trained on. In columns, as pairs are. */
export class QueryTexts {
  /** Digest of an id → its place in the columns. */
  readonly #places = new Map<number, number>();
  readonly #texts: number[] = [];
  readonly #lines: number[] = [];

  set(query: number, { text, line }: QueryText): void {
    const place = this.#places.get(query) ?? this.#texts.length;
    this.#places.set(query, place);
    this.#texts[place] = text;
    this.#lines[place] = line;
  }

  get(query: number): QueryText | undefined {
    const place = this.#places.get(query);
    return place === undefined ? undefined : { text: this.#texts[place] ?? 0, line: this.#lines[place] ?? 0 };
  }
}
