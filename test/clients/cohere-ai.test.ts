import { CohereClient, CohereClientV2, CohereError } from 'cohere-ai';
import { CohereClient as CohereClient7, CohereError as CohereError7 } from 'cohere-ai-7';
import { describe, expect, inject, it } from 'vitest';

const model = 'rerank-v3.5';
const query = 'which tower';
const documents = ['the longest of the three', 'short', 'of middle length'];
const bestFirst = [1, 2, 0];
const unknownKey = 'not-a-key';
const refused = {
  statusCode: 401,
  body: { message: expect.stringContaining('API key'), error: { code: 'unauthenticated' } },
};

const edge = inject('clientEdge');

const indexes = ({ results }: { readonly results: readonly { readonly index: number }[] }) =>
  results.map(({ index }) => index);

describe('cohere-ai 8, CohereClientV2', () => {
  const client = (token = edge.apiKey) => new CohereClientV2({ token, baseUrl: edge.url });

  it('orders texts and reads scores, id, model and usage', async () => {
    const response = await client().rerank({ model, query, documents });
    expect(indexes(response)).toEqual(bestFirst);
    for (const { relevanceScore } of response.results) {
      expect(relevanceScore).toBeGreaterThan(0);
      expect(relevanceScore).toBeLessThan(1);
    }
    expect(response.id).toEqual(expect.any(String));
    expect(response.meta?.billedUnits?.searchUnits).toBe(1);
    expect(response.meta?.tokens?.inputTokens).toBeGreaterThan(0);
    expect(response.meta?.apiVersion?.version).toBe('2');
  });

  it.each([
    [1, [1]],
    [2, [1, 2]],
    [99, bestFirst],
  ])('gets the first %i', async (topN, expected) => {
    const response = await client().rerank({ model, query, documents, topN, maxTokensPerDoc: 100, priority: 3 });
    expect(indexes(response)).toEqual(expected);
  });

  it('throws an error with the message for a wrong key and for empty documents', async () => {
    const wrong = client(unknownKey).rerank({ model, query, documents });
    await expect(wrong).rejects.toMatchObject(refused);
    await expect(wrong).rejects.toBeInstanceOf(CohereError);
    await expect(client().rerank({ model, query, documents: [] })).rejects.toMatchObject({
      statusCode: 400,
      body: { message: 'documents is empty, at least 1 is needed' },
    });
  });

  it('is told which models there are where its own is not mapped', async () => {
    await expect(client().rerank({ model: 'rerank-v2.0', query, documents })).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('there is smollm2-135m-instruct'),
    });
  });
});

const versionOneClients = {
  '8': { error: CohereError, make: (token: string) => new CohereClient({ token, baseUrl: edge.url }) },
  '7.14.0': { error: CohereError7, make: (token: string) => new CohereClient7({ token, environment: edge.url }) },
};

describe.each(['8', '7.14.0'] as const)('cohere-ai %s, CohereClient', (version) => {
  const { error, make } = versionOneClients[version];

  it('orders texts', async () => {
    const response = await make(edge.apiKey).rerank({ query, documents, topN: 2, maxChunksPerDoc: 10 });
    expect(indexes(response)).toEqual([1, 2]);
  });

  it('orders objects by their text and gets them back', async () => {
    const objects = documents.map((text) => ({ text, source: 'wiki' }));
    const request = { model, query, documents: objects, returnDocuments: true };
    const { results } = await make(edge.apiKey).rerank(request);
    expect(results.map(({ document }) => document)).toMatchObject(bestFirst.map((index) => objects[index]));
  });

  it('orders objects by the rank fields', async () => {
    const objects = documents.map((body) => ({ text: 'same', body }));
    const response = await make(edge.apiKey).rerank({ model, query, documents: objects, rankFields: ['body'] });
    expect(indexes(response)).toEqual(bestFirst);
    expect(response.results[0]?.document).toBeUndefined();
  });

  it('throws an error with the message for a wrong key', async () => {
    const wrong = make(unknownKey).rerank({ model, query, documents });
    await expect(wrong).rejects.toMatchObject(refused);
    await expect(wrong).rejects.toBeInstanceOf(error);
  });
});
