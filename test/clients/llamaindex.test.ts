import { CohereRerank } from '@llamaindex/cohere';
import { TextNode } from '@llamaindex/core/schema';
import { describe, expect, inject, it } from 'vitest';

const query = 'which tower';
const nodes = ['the longest of the three', 'short', 'of middle length'].map((text, position) => ({
  node: new TextNode({ text, id_: `node-${position}` }),
  score: 0.5,
}));

const edge = inject('clientEdge');

describe('CohereRerank of @llamaindex/cohere', () => {
  it('keeps the best two nodes with their scores, under the model that it names by itself', async () => {
    const reranker = new CohereRerank({ apiKey: edge.apiKey, baseUrl: edge.url });
    const kept = await reranker.postprocessNodes(nodes, query);
    expect(kept.map(({ node }) => node.id_)).toEqual(['node-1', 'node-2']);
    const [first, second] = kept.map(({ score }) => Number(score));
    expect(first).toBeGreaterThan(Number(second));
    expect(second).not.toBe(0.5);
  });

  it('keeps all nodes where there are fewer than asked for', async () => {
    const options = { apiKey: edge.apiKey, baseUrl: `${edge.url}/`, topN: 10, model: 'rerank-v3.5', timeout: 60 };
    const kept = await new CohereRerank(options).postprocessNodes(nodes, query);
    expect(kept.map(({ node }) => node.id_)).toEqual(['node-1', 'node-2', 'node-0']);
  });

  it('throws Cohere’s error with the message for a wrong key', async () => {
    const reranker = new CohereRerank({ apiKey: 'not-a-key', baseUrl: edge.url });
    await expect(reranker.postprocessNodes(nodes, query)).rejects.toMatchObject({
      statusCode: 401,
      message: expect.stringContaining('API key'),
    });
  });
});
