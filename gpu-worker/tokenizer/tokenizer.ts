/** Text ↔ token ids of one model. Special-token text inside user text stays text: `encode` never emits a special id for it. */
export interface Tokenizer {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  readonly vocabularySize: number;
  /** Ids that are never hints (control tokens). */
  readonly specialIds: ReadonlySet<number>;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** SHA-256 hex over vocabulary, merges and special ids; stored with adapters. */
  readonly fingerprint: string;
}
