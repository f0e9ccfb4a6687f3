/** Paths that answer scores of pairs, both alike: vLLM's. */
export const scorePaths = ['/v1/score', '/score'] as const;
