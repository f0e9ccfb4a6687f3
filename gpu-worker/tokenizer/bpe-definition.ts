/** A byte-pair tokenizer as data: what GGUF metadata and `tokenizer.json` are both brought to. */
export interface BpeDefinition {
  /** Token text by id; undefined where an id has none. Byte-level text (`Ġthe`) for ordinary tokens, plain text for special and added ones. */
  readonly tokens: readonly (string | undefined)[];
  /** Pairs in order of rank, each `left right`. */
  readonly merges: readonly string[];
  /** Ids that `encode` never emits: control, unknown and unused tokens. */
  readonly specialIds: ReadonlySet<number>;
  /** Tokens that are cut out of a text before anything else although they are not special (`<think>`). */
  readonly addedTokens: readonly AddedToken[];
  /** Components in the form of `tokenizer.json`. */
  readonly normalizer: object | null;
  readonly preTokenizer: object | null;
  readonly decoder: object | null;
  /** Whole pieces that are tokens are taken as they are, without merging (Llama 3). */
  readonly ignoreMerges: boolean;
  /** Characters without a token become `<0xNN>` tokens (SentencePiece conversions). */
  readonly byteFallback: boolean;
  readonly bosId: number | null;
  readonly eosId: number | null;
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
}
