/** Paths that answer a rerank, all alike: Cohere's v2 and v1, vLLM's and TEI's root, and llama.cpp's and Mixedbread's spelling. */
export const rerankPaths = ['/v2/rerank', '/v1/rerank', '/rerank', '/v1/reranking', '/reranking'] as const;
