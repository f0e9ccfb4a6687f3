/** Text ↔ token ids of one model. Special-token text inside user text stays text: `encode` never emits a special id for it. */
export interface Tokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** The UTF-8 bytes that a token stands for; those of a text's tokens, one behind the other, are the (normalised) text's. */
  bytesOf(id: number): Uint8Array;
  readonly vocabularySize: number;
  /** Ids that are never hints (control tokens). */
  readonly specialIds: ReadonlySet<number>;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** SHA-256 hex over vocabulary, merges and special ids; stored with adapters. */
  readonly fingerprint: string;
}
