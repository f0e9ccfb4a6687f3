import { expect, it } from 'vitest';
import { modelChoices } from '#edge/playground/ranking/model-choices.ts';

const model = { object: 'model', created: 0, owned_by: 'x' } as const;

it('has the base model first, an adapter with its versions where there are several, and names that stand for one', () => {
  const choices = modelChoices([
    { ...model, id: 'base' },
    { ...model, id: 'one', base_model: 'base', version: 1, versions: [1] },
    { ...model, id: 'two', base_model: 'base', version: 2, versions: [2, 1] },
    { ...model, id: 'rerank-v3.5', alias_of: 'base' },
  ]);
  expect(choices.map(({ value }) => value)).toEqual(['', 'one', 'two', 'two@2', 'two@1', 'rerank-v3.5']);
  expect(choices[0]?.label).toBe('base (base)');
});

it('can name the base model before the list is there', () => {
  expect(modelChoices([])).toEqual([{ value: '', label: 'the base model' }]);
});
