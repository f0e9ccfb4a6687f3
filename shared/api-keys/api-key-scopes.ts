/** What a key may do. Stored in the key's row, separated by spaces (as OAuth writes scopes). */
export const apiKeyScopes = ['rerank'] as const;

export type ApiKeyScope = (typeof apiKeyScopes)[number];
