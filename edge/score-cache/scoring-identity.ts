/** Which scoring fingerprint the workers have, as far as this isolate knows. Part of every cache key, so it has to be known before a look-up. */
export interface ScoringIdentity {
  /** Asks a worker where nobody has told it lately; where none answers, what was known before, or undefined. Never rejects. */
  readonly find: (ask: () => Promise<string | undefined>) => Promise<string | undefined>;
  /** Takes it from a worker's answer. */
  readonly learn: (fingerprint: string) => void;
}

/** Milliseconds for which it is believed: how long answers may come from the cache of a model that was replaced under the same id. */
export const identityTtlMs = 60_000;

export function createScoringIdentity(now: () => number): ScoringIdentity {
  let known: { readonly fingerprint: string; readonly askAgainAtMs: number } | undefined;
  const learn = (fingerprint: string) => {
    known = { fingerprint, askAgainAtMs: now() + identityTtlMs };
  };
  return {
    find: async (ask) => {
      if (known !== undefined && now() < known.askAgainAtMs) return known.fingerprint;
      const told = await ask();
      if (told !== undefined) learn(told);
      return told ?? known?.fingerprint;
    },
    learn,
  };
}
