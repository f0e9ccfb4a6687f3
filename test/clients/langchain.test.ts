import { createRequire } from 'node:module';
import { CohereRerank } from '@langchain/cohere';
import { Document } from '@langchain/core/documents';
import { describe, expect, inject, it } from 'vitest';

const query = 'which tower';
const texts = ['the longest of the three', 'short', 'of middle length', 'the very longest of them all'];

const edge = inject('clientEdge');

type Client = NonNullable<NonNullable<ConstructorParameters<typeof CohereRerank>[0]>['client']>;
interface CohereAi {
  readonly CohereClient: new (options: { readonly token: string; readonly environment: string }) => Client;
}
/** The cohere-ai that @langchain/cohere brings, which is neither of the two that are installed for themselves. */
const { CohereClient }: CohereAi = createRequire(createRequire(import.meta.url).resolve('@langchain/cohere'))(
  'cohere-ai',
);

function reranker(token = edge.apiKey): CohereRerank {
  return new CohereRerank({ model: 'rerank-v3.5', client: new CohereClient({ token, environment: edge.url }) });
}

describe('CohereRerank of @langchain/cohere', () => {
  it('keeps the best three documents with their scores', async () => {
    const documents = texts.map((pageContent, position) => new Document({ pageContent, metadata: { position } }));
    const kept = await reranker().compressDocuments(documents, query);
    expect(kept.map(({ metadata }) => metadata['position'])).toEqual([1, 2, 0]);
    const scores = kept.map(({ metadata }) => Number(metadata['relevanceScore']));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores[0]).toBeLessThan(1);
  });

  it('ranks texts and objects, all of them where there are fewer than asked for', async () => {
    const documents = [...texts.slice(0, 2), { pageContent: 'of middle length' }];
    const ranked = await reranker().rerank(documents, query, { topN: 10, maxChunksPerDoc: 5 });
    expect(ranked.map(({ index }) => index)).toEqual([1, 2, 0]);
  });

  it('throws Cohere’s error with the message for a wrong key', async () => {
    await expect(reranker('not-a-key').rerank(texts, query)).rejects.toMatchObject({
      statusCode: 401,
      message: expect.stringContaining('API key'),
    });
  });
});
