import { describe, expect, it } from 'vitest';
import { listwiseLoss } from '#gpu-worker/training/losses/listwise-loss.ts';
import { pairwiseLoss } from '#gpu-worker/training/losses/pairwise-loss.ts';
import type { RankingLoss, ScoredSequences } from '#gpu-worker/training/losses/ranking-loss.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const losses: readonly [string, (sequences: ScoredSequences) => RankingLoss][] = [
  ['pairwise', (one) => pairwiseLoss(one, { margin: 0.5, pairwiseWeight: 1, pointwiseWeight: 1 })],
  ['pairwise, weighted', (one) => pairwiseLoss(one, { margin: 0, pairwiseWeight: 2, pointwiseWeight: 0.3 })],
  ['listwise', (one) => listwiseLoss(one, { temperature: 0.2, pointwiseWeight: 0.1 })],
  ['listwise, soft', (one) => listwiseLoss(one, { temperature: 3, pointwiseWeight: 0 })],
];

/** Two queries, three documents each; the second query's positive is a negative of the first one too. */
const groups = [
  { positive: 0, negatives: [1, 2, 3] },
  { positive: 3, negatives: [4, 5, 0] },
];

function drawSequences(seed: number, blended: boolean): ScoredSequences {
  const normal = seededNormal(seed);
  const meanNll = Float64Array.from({ length: 6 }, () => 4 + normal());
  return { meanNll, groups, ...(blended ? { offsets: Float64Array.from({ length: 6 }, () => normal()) } : {}) };
}

describe.each(losses)('%s loss', (_, loss) => {
  it.each([1, 2, 3, 4, 5])('has the gradient that finite differences give (seed %i)', (seed) => {
    const sequences = drawSequences(seed, seed > 2);
    const { gradient } = loss(sequences);
    const step = 1e-6;
    for (const [index, value] of sequences.meanNll.entries()) {
      const at = (shifted: number) => loss({ ...sequences, meanNll: sequences.meanNll.with(index, shifted) }).value;
      const numeric = (at(value + step) - at(value - step)) / (2 * step);
      expect(gradient[index], `sequence ${index}`).toBeCloseTo(numeric, 6);
    }
  });

  it('does not look at sequences of no group', () => {
    const sequences = drawSequences(1, false);
    const longer = { ...sequences, meanNll: Float64Array.from([...sequences.meanNll, 9]) };
    expect(loss(longer).value).toBe(loss(sequences).value);
    expect(loss(longer).gradient.at(-1)).toBe(0);
  });

  it('refuses a NLL that is not finite, naming the sequence', () => {
    const sequences = drawSequences(1, false);
    const broken = { ...sequences, meanNll: sequences.meanNll.with(3, Number.NaN) };
    expect(() => loss(broken)).toThrow('the mean NLL of sequence 3 is NaN');
    expect(() => loss({ ...sequences, groups: [{ positive: 9, negatives: [] }] })).toThrow(
      'sequence 9 is not among the 6',
    );
    expect(() => loss({ ...sequences, groups: [] })).toThrow('at least one query');
  });
});

describe('values', () => {
  const sequences = { meanNll: Float64Array.of(2, 3, 1.5), groups: [{ positive: 0, negatives: [1, 2] }] };

  it('pairwise: the mean hinge over pairs plus the mean NLL of the positives', () => {
    const loss = pairwiseLoss(sequences, { margin: 0.25, pairwiseWeight: 1, pointwiseWeight: 1 });
    // Hinges: max(0, 2 − 3 + .25) = 0 and 2 − 1.5 + .25 = .75.
    expect(loss).toMatchObject({ value: 2.375, ranking: 0.375, pointwise: 2 });
    expect([...loss.gradient]).toEqual([1.5, 0, -0.5]);
  });

  it('listwise: ln(candidates) when all score the same, whatever the scale', () => {
    const equal = { ...sequences, meanNll: Float64Array.of(900, 900, 900) };
    expect(listwiseLoss(equal, { temperature: 1e-3, pointwiseWeight: 0 }).value).toBeCloseTo(Math.log(3), 9);
  });

  it('offsets that favour the positive lower both', () => {
    const offsets = Float64Array.of(1, 0, 0);
    const pairwise = { margin: 0.25, pairwiseWeight: 1, pointwiseWeight: 0 };
    const listwise = { temperature: 1, pointwiseWeight: 0 };
    expect(pairwiseLoss({ ...sequences, offsets }, pairwise).value).toBe(0);
    expect(listwiseLoss({ ...sequences, offsets }, listwise).value).toBeLessThan(
      listwiseLoss(sequences, listwise).value,
    );
  });
});
