import { LRUCache } from 'lru-cache';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import type { WordWeights } from '#shared/calibration/lexical-match.ts';
import { contentWords, queryWeights } from '#shared/calibration/word-weights.ts';

/** Characters of texts that are remembered on a thread. With tokens and words ten bytes each: 20 MB, some 3,000 passages, whose prefixes take 11 GB. */
const charactersMax = 2_000_000;

/** A text as tokens; its words are looked for when they are first asked for. */
export interface KnownText {
  /** Of what the template puts in front and the text. */
  readonly ids: readonly number[];
  /** Content words in order, repeats kept. */
  readonly words: () => readonly string[];
  /** Weights of the words, for a query. */
  readonly weights: () => WordWeights;
}

/** Tokens and words of the texts of late: a document that comes again, and a query beside each of a request's documents, are split once. */
export class KnownTexts {
  readonly #tokenizer: Tokenizer;
  readonly #texts = new LRUCache<string, KnownText>({
    maxSize: charactersMax,
    sizeCalculation: (_text, key) => key.length + 1,
  });

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  get tokenizer(): Tokenizer {
    return this.#tokenizer;
  }

  /** @param textPrefix what the template puts in front of the text */
  get(text: string, textPrefix: string): KnownText {
    // With its length in front a prefix cannot be taken for the beginning of the text.
    const key = `${textPrefix.length} ${textPrefix}${text}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const made: KnownText = {
      ids: this.#tokenizer.encode(textPrefix + text),
      words: once(() => contentWords(text)),
      weights: once(() => queryWeights(text)),
    };
    this.#texts.set(key, made);
    return made;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
