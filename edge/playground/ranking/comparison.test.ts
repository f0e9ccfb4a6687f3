import { expect, it } from 'vitest';
import { type Comparison, comparisonValue, readComparison } from '#edge/playground/ranking/comparison.ts';

it.each<Comparison>([{ kind: 'none' }, { kind: 'first-stage' }, { kind: 'model', model: 'support@3' }])(
  '%j survives the form',
  (comparison) => {
    expect(readComparison(comparisonValue(comparison))).toEqual(comparison);
  },
);
