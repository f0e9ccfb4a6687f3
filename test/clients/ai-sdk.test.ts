import { createCohere } from '@ai-sdk/cohere';
import { APICallError, rerank } from 'ai';
import { describe, expect, inject, it } from 'vitest';

const query = 'which tower';
const documents = ['the longest of the three', 'short', 'of middle length'];

const edge = inject('clientEdge');

const model = (apiKey = edge.apiKey) => createCohere({ apiKey, baseURL: `${edge.url}/v2` }).reranking('rerank-v3.5');

describe('rerank of the AI SDK, by @ai-sdk/cohere', () => {
  it('orders texts, and takes topN and the provider’s options', async () => {
    const cohere = { maxTokensPerDoc: 100, priority: 1 };
    const request = { model: model(), query, documents, topN: 2, providerOptions: { cohere } };
    const { ranking, rerankedDocuments, response } = await rerank(request);
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([1, 2]);
    expect(rerankedDocuments).toEqual(['short', 'of middle length']);
    for (const { score } of ranking) expect(score).toBeGreaterThan(0);
    expect(response.id).toEqual(expect.any(String));
  });

  it('orders objects, which it sends as JSON texts', async () => {
    const objects = documents.map((text) => ({ text }));
    const { rerankedDocuments } = await rerank({ model: model(), query, documents: objects });
    expect(rerankedDocuments).toEqual([objects[1], objects[2], objects[0]]);
  });

  it('throws an APICallError with the message for a wrong key, without trying again', async () => {
    const wrong = rerank({ model: model('not-a-key'), query, documents });
    await expect(wrong).rejects.toSatisfy((error) => APICallError.isInstance(error));
    await expect(wrong).rejects.toMatchObject({
      statusCode: 401,
      isRetryable: false,
      message: expect.stringContaining('API key'),
    });
  });
});
