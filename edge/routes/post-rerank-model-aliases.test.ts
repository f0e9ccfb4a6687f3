import { describe, expect, it } from 'vitest';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';
import { seedAdapter } from '#edge/testing/seed-database.ts';

const body = { query: 'which tower', documents: ['[-2] b', '[-1] a'] };
const modelAliases = new Map([
  ['rerank-v3.5', 'smollm2-135m-instruct'],
  ['rerank-english-v3.0', 'tickets@1'],
  ['chain', 'rerank-v3.5'],
]);
const options = { environment: { modelAliases }, tenantId: 'acme' };

describe('POST /v2/rerank: model names that clients have built in', () => {
  it('mean the base model where they are mapped to it', async () => {
    const { body: answer, calls } = await rerank({ ...body, model: 'rerank-v3.5' }, options);
    expect(answer.model).toBe('smollm2-135m-instruct');
    expect(calls[0]?.request.adapter).toBeUndefined();
  });

  it('mean the caller’s own adapter where they are mapped to a reference', async () => {
    const digest = await seedAdapter('acme', 'tickets', 1);
    await seedAdapter('acme', 'tickets', 2);
    const { body: answer, calls } = await rerank({ ...body, model: 'rerank-english-v3.0' }, options);
    expect(answer.model).toBe('tickets@1');
    expect(calls[0]?.request.adapter?.digest).toBe(digest);
  });

  it.each([
    ['rerank-english-v3.0', '"tickets@1", which "rerank-english-v3.0" stands for,'],
    ['chain', '"rerank-v3.5", which "chain" stands for,'],
    ['rerank-multilingual-v3.0', '"rerank-multilingual-v3.0"'],
  ])('are named where %s leads to nothing', async (model, named) => {
    const { response, json } = await postRerank({ ...body, model }, { ...options, tenantId: 'without-adapters' });
    expect({ status: response.status, message: json['message'] }).toEqual({
      status: 404,
      message: `There is no model ${named} for this API key; there is smollm2-135m-instruct.`,
    });
  });
});
