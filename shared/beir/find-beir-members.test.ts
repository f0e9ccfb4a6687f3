import { expect, it } from 'vitest';
import { findBeirMembers } from '#shared/beir/find-beir-members.ts';

const needed = ['corpus.jsonl', 'queries.jsonl', 'qrels/train.tsv'];
const within = (folder: string, names: readonly string[]) => names.map((name) => `${folder}/${name}`);

it('finds the parts at the top, and in a folder among other files', () => {
  const top = { corpus: 'corpus.jsonl', queries: 'queries.jsonl', train: 'qrels/train.tsv', dev: null, test: null };
  expect(findBeirMembers(needed)).toEqual(top);
  const others = ['__MACOSX/scifact/._corpus.jsonl', '__MACOSX/corpus.jsonl', 'README', 'a/b/corpus.jsonl'];
  expect(findBeirMembers([...others, ...within('scifact', [...needed, 'qrels/test.tsv'])])).toEqual({
    corpus: 'scifact/corpus.jsonl',
    queries: 'scifact/queries.jsonl',
    train: 'scifact/qrels/train.tsv',
    dev: null,
    test: 'scifact/qrels/test.tsv',
  });
});

it.each<[readonly string[], string]>([
  [[], 'it has no corpus.jsonl, neither at its top nor in a folder there'],
  [['a/b/corpus.jsonl'], 'it has no corpus.jsonl, neither at its top nor in a folder there'],
  [['x/corpus.jsonl', 'qrels/train.tsv'], 'it has no x/queries.jsonl and no x/qrels/train.tsv'],
  [[...needed, ...within('b', needed)], 'it has 2 files corpus.jsonl; one data set is needed'],
  [[...needed, 'corpus.jsonl'], 'it has 2 files corpus.jsonl; one data set is needed'],
  [[...needed, 'qrels/dev.tsv', 'qrels/dev.tsv'], 'it has qrels/dev.tsv 2 times'],
])('%j: %s', (names, problem) => {
  expect(findBeirMembers(names)).toBe(problem);
});
