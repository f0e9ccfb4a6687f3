import { expect, it } from 'vitest';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import type { DevSet } from '#gpu-worker/training/dev/dev-set.ts';
import { lookAtDev } from '#gpu-worker/training/dev/look-at-dev.ts';
import { decidingMean, lookMetric, measureDev } from '#gpu-worker/training/dev/measure-dev.ts';
import type { SequenceTask } from '#gpu-worker/training/threads/sequence-task.ts';

const exampleOf = (index: number): TrainingExample => ({
  queryId: `q${index}`,
  query: `query ${index}`,
  positives: ['d1'],
  hardNegatives: [],
  candidates: Array.from({ length: 30 }, (_, place) => ({ documentId: `d${place}`, score: -place })),
});
const devOf = (queries: number, depth: number): DevSet => ({
  examples: Array.from({ length: queries }, (_, index) => exampleOf(index)),
  depth,
  textsOf: ({ query }, documentId) => ({ query, documentId, document: `text of ${documentId}` }),
  lexicalOffset: null,
});

/** NLL by place of the document: what a model would have said. */
function scorer(nllOf: (documentId: string) => number) {
  const ran: SequenceTask[] = [];
  const batches: number[] = [];
  const run = async (tasks: readonly SequenceTask[]) => {
    ran.push(...tasks);
    batches.push(tasks.length);
    return tasks.map(({ prefixIds }) => ({ meanNegativeLogLikelihood: nllOf(`d${prefixIds[0]}`), gradient: null }));
  };
  return { pool: { run }, ran, batches };
}

const sequenceOf = async ({ documentId }: { documentId: string }) => ({
  task: {
    prefixIds: [Number(documentId.slice(1))],
    suffix: [],
    targetIds: [1],
    gradientRows: null,
  } as const,
  input: null,
});

it('ranks by likelihood: lowest mean NLL first', async () => {
  const dev = devOf(2, 20);
  const best = scorer((id) => (id === 'd1' ? 0.5 : 1));
  const { values } = measureDev(dev, await lookAtDev(dev, best.pool, sequenceOf, () => {}));
  expect(values.get('nDCG@10')).toEqual([1, 1]);
  const third = scorer((id) => Number(id.slice(1)) * (id === 'd1' ? 2.5 : 1));
  const measured = measureDev(dev, await lookAtDev(dev, third.pool, sequenceOf, () => {}));
  // d0, d2, d1: the third place.
  expect(measured.values.get('MRR@10')).toEqual([1 / 3, 1 / 3]);
  expect(decidingMean(measured)).toBe(0.5);
});

it('reranks the first candidates only, in batches, up to the end', async () => {
  const { pool, ran, batches } = scorer(() => 1);
  const fractions: number[] = [];
  await lookAtDev(devOf(10, 15), pool, sequenceOf, (fraction) => fractions.push(fraction));
  expect(batches).toEqual([64, 64, 22]);
  expect(new Set(ran.map(({ prefixIds }) => prefixIds[0])).size).toBe(15);
  expect(fractions.at(-1)).toBe(1);
});

it('measures looks by the blended ranking where the loss is over it', () => {
  const dev = devOf(1, 3);
  const scores = Float64Array.of(-1, -2, -3);
  const favourite = (id: string): DevSet => ({
    ...dev,
    lexicalOffset: ({ documentId }) => (documentId === id ? 1.5 : 0),
  });
  expect(lookMetric(dev, scores)).toBeCloseTo(1 / Math.log2(3), 12);
  expect(lookMetric(favourite('d1'), scores)).toBe(1);
  expect(lookMetric(favourite('d2'), scores)).toBe(0.5);
});

it('counts a relevant document that is no candidate as not found', () => {
  const { values } = measureDev(devOf(1, 1), Float64Array.of(1));
  expect(values.get('nDCG@10')).toEqual([0]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a score of %s', async (nll) => {
  await expect(lookAtDev(devOf(1, 2), scorer(() => nll).pool, sequenceOf, () => {})).rejects.toThrow(
    'the score of dev query "q0" with document "d0" is ',
  );
});
