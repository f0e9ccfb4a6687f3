/** A stored key, without the key. Times are unix milliseconds. */
export interface StoredApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly hash: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  /** null: the deployment's default. */
  readonly requestsPerMinute: number | null;
  /** null: no quota. */
  readonly tokensPerDay: number | null;
}

export type KeyLookup =
  | { readonly kind: 'found'; readonly apiKey: StoredApiKey }
  | { readonly kind: 'unknown' }
  /** The key store does not answer and the key is not cached. */
  | { readonly kind: 'unavailable' };

export type FindApiKey = (key: string) => Promise<KeyLookup>;

/** Drops what this isolate remembers of the key with this hash. */
export type ForgetApiKey = (hash: string) => void;

/** Reads the row with this hash; throws when the database does not answer. */
export type ReadKeyRow = (hash: string) => Promise<StoredApiKey | undefined>;
