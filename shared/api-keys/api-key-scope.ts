/** What a key may do. A row of `api_keys` lists a key's scopes separated by spaces (as OAuth writes them). */
export type ApiKeyScope = 'rerank';
