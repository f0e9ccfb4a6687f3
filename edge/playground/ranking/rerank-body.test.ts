import { expect, it } from 'vitest';
import { rerankBody } from '#edge/playground/ranking/rerank-body.ts';
import { rerankRequestSchema } from '#shared/protocol/rerank-request.ts';

it('is a request that the API takes, without what is not asked for', () => {
  const documents = [
    { text: 'a', title: 'A' },
    { text: 'b', score: 2 },
  ];
  const body = rerankBody({ query: 'q', documents, model: '', explain: false });
  expect(body).toEqual({ query: 'q', documents: ['a', { text: 'b', score: 2 }] });
  expect(rerankRequestSchema.parse(body)).toMatchObject(body);
  expect(rerankBody({ query: 'q', documents, model: 'm@1', explain: true })).toMatchObject({
    model: 'm@1',
    explain: true,
  });
});
