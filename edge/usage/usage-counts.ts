/** What requests cost. */
export interface UsageCounts {
  readonly requests: number;
  /** One per query with up to 100 documents. */
  readonly searchUnits: number;
  readonly tokens: number;
  /** The part of `tokens` that no worker computed anew. */
  readonly cachedTokens: number;
}

/** What one key used on one day. */
export interface UsageEntry extends UsageCounts {
  readonly tenantId: string;
  readonly keyId: string;
  readonly day: string;
}

export function addCounts(left: UsageCounts, right: UsageCounts): UsageCounts {
  return {
    requests: left.requests + right.requests,
    searchUnits: left.searchUnits + right.searchUnits,
    tokens: left.tokens + right.tokens,
    cachedTokens: left.cachedTokens + right.cachedTokens,
  };
}
