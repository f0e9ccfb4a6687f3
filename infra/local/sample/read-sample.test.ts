import { expect, it } from 'vitest';
import { describeRanking } from '#infra/local/sample/describe-ranking.ts';
import { readSample, readSampleAdapter } from '#infra/local/sample/read-sample.ts';

it('asks a question over at least 12 passages, whose answer BM25 does not put first', async () => {
  const { passages, answering_passage_id: answer } = await readSample();
  expect(passages.length).toBeGreaterThanOrEqual(12);
  expect(passages.findIndex((passage) => passage.id === answer)).toBeGreaterThan(0);
});

it('has an adapter whose file is valid', async () => {
  const adapter = await readSampleAdapter();
  expect(adapter).toMatchObject({ template: 'clean-1', digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

it('shows a ranking with both places, and marks the answering passage', async () => {
  const sample = await readSample();
  const results = [2, 0].map((index) => ({ index, relevance_score: 0.5, mean_log_likelihood: -0.75 }));
  const [head, , first, second] = describeRanking(sample, { model: 'm', results, milliseconds: 12.4 }).split('\n');
  expect(head).toBe('m, 2 passages in 12 ms');
  expect(first).toMatch(/^ {3}1 {6}3 {2}0\.5000 {4}-0\.750 {2}Jacksonville, Florida: .*… ◀ answers it$/);
  expect(second).toMatch(/^ {3}2 {6}1 {2}0\.5000 .*…$/);
});
