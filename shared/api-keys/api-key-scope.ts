/** What a key may do; none implies another. A row of `api_keys` lists a key's scopes separated by spaces (as OAuth writes them). */
export const apiKeyScopes = ['rerank', 'adapters:read', 'adapters:write', 'train', 'admin'] as const;

export type ApiKeyScope = (typeof apiKeyScopes)[number];
