import { expect, it } from 'vitest';
import { estimateTask } from '#gpu-worker/scoring/scheduling/estimate-task.ts';
import type { ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';

const estimate = (task: Partial<ScoreTask>) =>
  estimateTask({ kind: 'score', task: { document: 'a'.repeat(400), queries: ['q'.repeat(40)], ...task } });

it('a document costs its tokens, as far as they are read, and each query its own', () => {
  expect(estimate({})).toMatchObject({ prefixRows: 102, suffixRows: 14 });
  expect(estimate({ maxTokensPerDoc: 50 })).toMatchObject({ prefixRows: 52 });
  expect(estimate({ queries: ['q'.repeat(40), 'q'.repeat(4)] })).toMatchObject({ suffixRows: 19 });
  expect(estimate({ adapterDigest: 'd' }).suffixRows).toBeGreaterThan(estimate({}).suffixRows);
  expect(estimate({ document: 'é'.repeat(200) })).toMatchObject({ prefixRows: 102 });
});

it('what changes the prefix changes its key, and nothing else does', () => {
  const { prefixKey } = estimate({});
  for (const same of [{ queries: ['other'] }, { adapterDigest: 'd' }]) expect(estimate(same).prefixKey).toBe(prefixKey);
  const others = [{ document: 'b' }, { template: 'upr-1' as const }, { maxTokensPerDoc: 7 }];
  expect(new Set([prefixKey, ...others.map((other) => estimate(other).prefixKey)]).size).toBe(4);
});

it('token ids are one run, a bare query nearly so, and neither is kept', () => {
  const tokens = estimateTask({ kind: 'tokens', task: { promptIds: [1, 2, 3], targetIds: [4] } });
  expect(tokens).toEqual({ prefixKey: null, prefixRows: 0, suffixRows: 4 });
  const query = estimateTask({ kind: 'query', task: { query: 'who?', template: 'clean-1' } });
  expect(query).toMatchObject({ prefixKey: null, suffixRows: 5 });
});
