import type { TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { stopWords } from '#shared/text/stop-words.ts';

/** What the hint filters ask of single tokens, from their text. */
export class TokenDescriptions implements Omit<TokenFilters, 'filters'> {
  readonly specialIds: ReadonlySet<number>;
  readonly #tokenizer: Tokenizer;
  readonly #texts = new Map<number, string>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.specialIds = tokenizer.specialIds;
  }

  readonly isStopWord = (id: number): boolean => stopWords.has(this.#text(id).trim().toLowerCase());

  readonly hasLetter = (id: number): boolean => /\p{L}/u.test(this.#text(id));

  #text(id: number): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const text = this.#tokenizer.decode([id]);
    this.#texts.set(id, text);
    return text;
  }
}
