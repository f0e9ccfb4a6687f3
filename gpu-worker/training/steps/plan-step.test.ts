import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { type PlannedStep, planStep } from '#gpu-worker/training/steps/plan-step.ts';

const corpus = Array.from({ length: 12 }, (_, index) => `d${index}`);
const someDocuments = (minLength: number) => fc.uniqueArray(fc.constantFrom(...corpus), { minLength, maxLength: 4 });

/** Hard negatives may hold a positive, as in careless data: it must not be used as one. */
const examplesArbitrary: fc.Arbitrary<TrainingExample[]> = fc
  .array(fc.record({ positives: someDocuments(1), hardNegatives: someDocuments(0) }), { minLength: 1, maxLength: 9 })
  .map((examples) =>
    examples.map((example, index) => ({ ...example, queryId: `q${index}`, query: `query ${index}`, candidates: [] })),
  );
const settingsArbitrary = fc.record({
  seed: fc.nat(),
  queriesPerStep: fc.integer({ min: 1, max: 7 }),
  negativesPerQuery: fc.integer({ min: 1, max: 5 }),
  inBatchNegatives: fc.boolean(),
});
const stepArbitrary = fc.integer({ min: 1, max: 40 });

/** The groups with their sequences put in. */
function resolved({ groups, sequences }: PlannedStep) {
  const at = (index: number) => {
    const sequence = sequences[index];
    if (sequence === undefined) throw new Error(`no sequence ${index}`);
    return sequence;
  };
  return groups.map(({ positive, negatives }) => ({ positive: at(positive), negatives: negatives.map(at) }));
}

describe('a planned step', () => {
  it('never has a relevant document among the negatives of its query, and no negative twice', () => {
    fc.assert(
      fc.property(examplesArbitrary, settingsArbitrary, stepArbitrary, (examples, settings, step) => {
        for (const { positive, negatives } of resolved(planStep(examples, corpus, step, settings))) {
          const { positives } = positive.example;
          const ids = negatives.map(({ documentId }) => documentId);
          expect(positives).toContain(positive.documentId);
          expect(negatives.map(({ example }) => example)).toEqual(ids.map(() => positive.example));
          expect(ids.filter((id) => positives.includes(id))).toEqual([]);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
    );
  });

  it('runs each query with each document once, and nothing that no group needs', () => {
    fc.assert(
      fc.property(examplesArbitrary, settingsArbitrary, stepArbitrary, (examples, settings, step) => {
        const { sequences, groups } = planStep(examples, corpus, step, settings);
        const keys = sequences.map(({ example, documentId }) => `${example.queryId} ${documentId}`);
        expect(new Set(keys).size).toBe(keys.length);
        const used = new Set(groups.flatMap(({ positive, negatives }) => [positive, ...negatives]));
        expect([...used].sort((a, b) => a - b)).toEqual(sequences.map((_, index) => index));
        expect(groups).toHaveLength(settings.queriesPerStep);
      }),
    );
  });

  it('shows every query once in an epoch, in another order in the next', () => {
    const examples = Array.from({ length: 12 }, (_, index) => exampleOf(`q${index}`, ['d0'], ['d1']));
    const settings = { seed: 3, queriesPerStep: 4, negativesPerQuery: 1, inBatchNegatives: false };
    const epoch = (number: number) =>
      [1, 2, 3].flatMap((step) =>
        resolved(planStep(examples, corpus, number * 3 + step, settings)).map(
          ({ positive }) => positive.example.queryId,
        ),
      );
    const all = examples.map(({ queryId }) => queryId).sort();
    for (const number of [0, 1, 2]) expect([...epoch(number)].sort()).toEqual(all);
    expect(epoch(1)).not.toEqual(epoch(0));
  });

  it('goes over the end of an epoch in the middle of a step', () => {
    fc.assert(
      fc.property(examplesArbitrary, settingsArbitrary, (examples, settings) => {
        const { queriesPerStep } = settings;
        // As many steps as give each query `queriesPerStep` times.
        const seen = new Map<string, number>();
        for (let step = 1; step <= examples.length; step += 1) {
          for (const { positive } of resolved(planStep(examples, corpus, step, settings))) {
            const { queryId } = positive.example;
            seen.set(queryId, (seen.get(queryId) ?? 0) + 1);
          }
        }
        expect([...seen.values()]).toEqual(examples.map(() => queriesPerStep));
      }),
    );
  });

  it('is the same for the same seed and step, whatever was planned before', () => {
    fc.assert(
      fc.property(examplesArbitrary, settingsArbitrary, stepArbitrary, (examples, settings, step) => {
        const planned = planStep(examples, corpus, step, settings);
        planStep(examples, corpus, step + 1, settings);
        expect(planStep(examples, corpus, step, settings)).toEqual(planned);
      }),
    );
  });

  it('differs with the seed', () => {
    const examples = Array.from({ length: 12 }, (_, index) => exampleOf(`q${index}`, ['d0'], corpus.slice(1)));
    const settings = { queriesPerStep: 4, negativesPerQuery: 3, inBatchNegatives: false };
    const [first, second] = [1, 2].map((seed) => planStep(examples, corpus, 1, { ...settings, seed }));
    expect(first).not.toEqual(second);
  });
});

describe('negatives', () => {
  const settings = { seed: 0, queriesPerStep: 1, negativesPerQuery: 3, inBatchNegatives: false };

  it('are hard ones where a query has them, however few', () => {
    for (let step = 1; step <= 20; step += 1) {
      const [group] = resolved(planStep([exampleOf('q', ['d0'], ['d1', 'd2'])], corpus, step, settings));
      expect(group?.negatives.map(({ documentId }) => documentId).sort()).toEqual(['d1', 'd2']);
    }
  });

  it('come from the whole corpus where it has none', () => {
    const drawn = new Set<string>();
    for (let step = 1; step <= 60; step += 1) {
      const [group] = resolved(planStep([exampleOf('q', ['d0', 'd5'], [])], corpus, step, settings));
      expect(group?.negatives).toHaveLength(3);
      for (const { documentId } of group?.negatives ?? []) drawn.add(documentId);
    }
    expect([...drawn].sort()).toEqual(corpus.filter((id) => id !== 'd0' && id !== 'd5').sort());
  });

  it('in the batch are the documents of the other queries that are not relevant to this one', () => {
    const examples = [exampleOf('q0', ['d0', 'd4'], ['d1']), exampleOf('q1', ['d2'], ['d3', 'd4'])];
    const both = { ...settings, queriesPerStep: 2, inBatchNegatives: true };
    const groups = resolved(planStep(examples, corpus, 1, both));
    const negativesOf = (queryId: string) =>
      groups
        .find(({ positive }) => positive.example.queryId === queryId)
        ?.negatives.map(({ documentId }) => documentId)
        .sort();
    const positiveOfFirst = groups.find(({ positive }) => positive.example.queryId === 'q0')?.positive.documentId;
    // d4 is relevant to q0, so q1's hard negative is none of q0's.
    expect(negativesOf('q0')).toEqual(['d1', 'd2', 'd3']);
    expect(negativesOf('q1')).toEqual([...new Set(['d1', 'd3', 'd4', positiveOfFirst])].sort());
  });
});

it('refuses a run without queries', () => {
  const settings = { seed: 0, queriesPerStep: 1, negativesPerQuery: 1, inBatchNegatives: false };
  expect(() => planStep([], corpus, 1, settings)).toThrow('a training run needs at least one query');
});

function exampleOf(queryId: string, positives: string[], hardNegatives: string[]): TrainingExample {
  return { queryId, query: queryId, positives, hardNegatives, candidates: [] };
}
