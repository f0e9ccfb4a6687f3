/** A stored key, without the key. Times are unix milliseconds. */
export interface StoredApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly hash: string;
  /** `pepperId` of the pepper in `hash`; null: not known. */
  readonly pepperId: string | null;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  /** null: the deployment's default. */
  readonly requestsPerMinute: number | null;
  /** null: no quota. */
  readonly tokensPerDay: number | null;
}

export type KeyLookup =
  | {
      readonly kind: 'found';
      readonly apiKey: StoredApiKey;
      /** Where the key's hash is not under the current pepper yet: ends once it is, or once that has failed; it never rejects. */
      readonly move?: Promise<void>;
    }
  | { readonly kind: 'unknown' }
  /** The key store does not answer and the key is not cached. */
  | { readonly kind: 'unavailable' };

export type FindApiKey = (key: string) => Promise<KeyLookup>;

/** Drops what this isolate remembers of the key with this id. */
export type ForgetApiKey = (id: string) => void;

/** Reads the rows that have one of these hashes, in one query; throws when the database does not answer. */
export type ReadKeyRows = (hashes: readonly string[]) => Promise<readonly StoredApiKey[]>;

/** Gives the row of this id a hash under another pepper, unless its hash is no longer the one given; throws when the database does not answer. */
export type MoveKeyRow = (row: Pick<StoredApiKey, 'id' | 'hash'>, moved: PepperedHash) => Promise<void>;

export interface PepperedHash {
  readonly hash: string;
  readonly pepperId: string;
}
