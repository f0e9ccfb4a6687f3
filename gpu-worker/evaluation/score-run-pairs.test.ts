import { describe, expect, it } from 'vitest';
import { orderPairs } from '#gpu-worker/evaluation/order-pairs.ts';
import { scoreRunPairs, scoreRunPairsByMethods } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { PairScore, ScoreTask, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { scriptedEngine } from '#test/support/scripted-engine.ts';

/** An engine whose score is the number of letters that query and document share; it keeps the tasks that it was given. */
function letterEngine(): { engine: ScoringEngine; tasks: ScoreTask[] } {
  const tasks: ScoreTask[] = [];
  const scoreQuery = (query: string, document: string): PairScore => ({
    meanLogLikelihood: [...new Set(query)].filter((letter) => document.includes(letter)).length,
    targetIds: [],
    targetLogLikelihoods: new Float32Array(),
    documentTokens: 1,
    truncated: false,
  });
  const engine = scriptedEngine(
    {
      async score(task) {
        tasks.push(task);
        return task.queries.map((query) => scoreQuery(query, task.document));
      },
    },
    2,
  );
  return { engine, tasks };
}

const run = new Map([
  ['q1', [{ documentId: 'd1', score: 9 }, { documentId: 'd2', score: 8 }]], // biome-ignore format: a ranking a line
  ['q2', [{ documentId: 'd2', score: 5 }, { documentId: 'd3', score: 4 }]], // biome-ignore format: a ranking a line
]);
const queries = new Map(Object.entries({ q1: 'abc', q2: 'xyz' }));
const documents = new Map(
  Object.entries({ d1: { title: 'T', text: 'a' }, d2: { title: '', text: 'abcx' }, d3: { title: '', text: 'xyz' } }),
);

describe('scoreRunPairs', () => {
  it('scores each document once, with all its queries, and gives each query its own ranking', async () => {
    const { engine, tasks } = letterEngine();
    const reranked = orderPairs(await scoreRunPairs(engine, { run, queries, documents, withTitle: false }));
    expect(tasks.map((task) => task.document).sort()).toEqual(['a', 'abcx', 'xyz']);
    expect(tasks[0]).toEqual({ document: 'abcx', queries: ['abc', 'xyz'] });
    expect(Object.fromEntries(reranked)).toEqual({
      q1: [{ documentId: 'd2', score: 3 }, { documentId: 'd1', score: 1 }], // biome-ignore format: a ranking a line
      q2: [{ documentId: 'd3', score: 3 }, { documentId: 'd2', score: 1 }], // biome-ignore format: a ranking a line
    });
  });

  it('puts a title in front when asked to, and none where there is none', async () => {
    const { engine, tasks } = letterEngine();
    await scoreRunPairs(engine, { run, queries, documents, withTitle: true });
    expect(tasks.map((task) => task.document).sort()).toEqual(['T. a', 'abcx', 'xyz']);
  });

  it('passes template, adapter and document limit on, and counts pairs as it goes', async () => {
    const { engine, tasks } = letterEngine();
    const progress: [number, number][] = [];
    await scoreRunPairs(engine, {
      run,
      queries,
      documents,
      withTitle: false,
      template: 'upr-1',
      adapterDigest: 'f00',
      maxTokensPerDoc: 7,
      onProgress: (...counts) => progress.push(counts),
    });
    for (const task of tasks)
      expect(task).toMatchObject({ template: 'upr-1', adapterDigest: 'f00', maxTokensPerDoc: 7 });
    expect(progress.map(([, total]) => total)).toEqual([4, 4, 4]);
    expect(progress.at(-1)).toEqual([4, 4]);
  });

  it('stops when it is told to', async () => {
    const { engine, tasks } = letterEngine();
    const stopped = scoreRunPairs(engine, {
      run,
      queries,
      documents,
      withTitle: false,
      signal: AbortSignal.abort('SIGINT'),
    });
    await expect(stopped).rejects.toBe('SIGINT');
    expect(tasks).toEqual([]);
  });
});

describe('scoreRunPairsByMethods', () => {
  it('asks for all methods of a document before the next, and keeps their scores apart', async () => {
    const { engine, tasks } = letterEngine();
    const progress: [number, number][] = [];
    const onProgress = (...counts: [number, number]) => void progress.push(counts);
    const methods = [{ template: 'upr-1' }, { adapterDigest: 'f00' }, {}] as const;
    const pairs = await scoreRunPairsByMethods(
      engine,
      { run, queries, documents, withTitle: false, onProgress },
      methods,
    );
    const asked = tasks.map(({ document, template, adapterDigest }) => [document, template ?? adapterDigest]);
    expect(asked).toEqual(
      ['abcx', 'a', 'xyz'].flatMap((text) => ['upr-1', 'f00', undefined].map((name) => [text, name])),
    );
    const [first, ...others] = pairs.map((own) => Object.fromEntries(orderPairs(own)));
    expect(others).toEqual([first, first]);
    expect(first?.['q2']).toHaveLength(2);
    expect(progress.at(-1)).toEqual([12, 12]);
  });
});
