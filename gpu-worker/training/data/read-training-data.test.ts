import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrainingData, type TrainingDataOptions } from '#gpu-worker/training/data/read-training-data.ts';

const topics = 'river lake mountain forest desert island glacier volcano canyon valley'.split(' ');
const queriesMax = 100;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-training-'));
});
afterEach(() => rm(folder, { recursive: true }));

const jsonLines = (values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
const topicOf = (number: number): string => topics[number % topics.length] ?? '';
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const queryText = (number: number): string => `Which ${topicOf(number)} is number n${number}?`;
const passage = (number: number): string => `The ${topicOf(number)} of number n${number} is well known.`;

/** A BEIR folder in which passage dN answers query qN; `extra` lines come behind. */
async function writeBeir(extra: Partial<Record<'corpus' | 'queries' | 'train' | 'dev' | 'test', string[]>> = {}) {
  await mkdir(join(folder, 'qrels'));
  const write = (name: string, lines: unknown[], more: string[] = []) =>
    writeFile(join(folder, name), jsonLines([...lines, ...more]));
  const numbers = range(queriesMax);
  await write('corpus.jsonl', numbers.map((n) => ({ _id: `d${n}`, text: passage(n) })), extra.corpus); // biome-ignore format: a file a line
  await write('queries.jsonl', numbers.map((n) => ({ _id: `q${n}`, text: queryText(n) })), extra.queries); // biome-ignore format: a file a line
  await write('qrels/train.tsv', numbers.map((n) => `q${n}\td${n}\t1`), extra.train); // biome-ignore format: a file a line
  if (extra.dev) await write('qrels/dev.tsv', extra.dev);
  if (extra.test) await write('qrels/test.tsv', extra.test);
}

async function writeCohere(lines: readonly unknown[], name = 'train.jsonl'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, jsonLines(lines));
  return path;
}
const cohereLine = (number: number) => ({ query: queryText(number), relevant_passages: [passage(number)] });

const read = (options: Partial<TrainingDataOptions> = {}) => readTrainingData({ path: folder, seed: 1, ...options });
const problemsOf = async (options: Partial<TrainingDataOptions> = {}) =>
  Object.fromEntries((await read(options)).problems.map((problem) => [problem.kind, problem]));

describe('readTrainingData from a BEIR folder', () => {
  it('gives sound data back without an error, with mined negatives and every document that is named', async () => {
    await writeBeir();
    const { data, problems } = await read();
    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(data.train).toHaveLength(80);
    expect(data.dev).toHaveLength(20);
    expect(data.corpusSize).toBe(queriesMax);
    for (const { queryId, positives, hardNegatives, candidates } of [...data.train, ...data.dev]) {
      const number = Number(queryId.slice(1));
      expect(positives).toEqual([`d${number}`]);
      expect(hardNegatives).not.toContain(`d${number}`);
      // The nine others of the same topic share a word with the query; every passage shares "number".
      expect(hardNegatives).toHaveLength(19);
      expect(hardNegatives.slice(0, 9).every((id) => topicOf(Number(id.slice(1))) === topicOf(number))).toBe(true);
      expect(candidates).toHaveLength(20);
      expect(candidates[0]?.documentId).toBe(`d${number}`);
      for (const id of [...positives, ...hardNegatives]) expect(data.corpus.has(id)).toBe(true);
    }
  });

  it('draws the same dev set for the same seed, another for another, and keeps it when training queries are limited', async () => {
    await writeBeir();
    const devOf = async (options: Partial<TrainingDataOptions>) =>
      (await read(options)).data.dev.map((example) => example.queryId);
    const first = await devOf({});
    expect(await devOf({})).toEqual(first);
    expect(await devOf({ trainQueriesMax: 20 })).toEqual(first);
    expect(await devOf({ seed: 2 })).not.toEqual(first);
    const small = (await read({ trainQueriesMax: 20 })).data.train.map((example) => example.queryId);
    const larger = (await read({ trainQueriesMax: 40 })).data.train.map((example) => example.queryId);
    expect(small).toHaveLength(20);
    expect(larger).toEqual(expect.arrayContaining(small));
  });

  it('leaves queries out of training that are also dev or test queries, whatever their case and spaces', async () => {
    await writeBeir({
      queries: [
        JSON.stringify({ _id: 'v1', text: ` ${queryText(1).toUpperCase()}` }),
        JSON.stringify({ _id: 't2', text: queryText(2).replaceAll(' ', '  ') }),
        JSON.stringify({ _id: 'v2', text: queryText(2) }),
      ],
      dev: ['v1\td1\t1', 'v2\td2\t1'],
      test: ['t2\td2\t1'],
    });
    const { data } = await read();
    expect(data.train.map((example) => example.queryId)).toEqual(range(queriesMax).filter((n) => n !== 1 && n !== 2).map((n) => `q${n}`)); // biome-ignore format: one list
    expect(data.dev.map((example) => example.queryId)).toEqual(['v1']);
    expect(await problemsOf()).toMatchObject({
      'train-query-in-test': { count: 1, examples: ['query "q2"'], severity: 'warning' },
      'dev-query-in-test': { count: 1, examples: ['query "v2"'] },
      'train-query-in-dev': { count: 1, examples: ['query "q1"'] },
      'too-few-dev-queries': { count: 1, severity: 'error' },
    });
  });

  it('reports what is missing, empty, repeated or not valid, with places', async () => {
    await writeBeir({
      corpus: ['{"_id":"blank","text":" "}', '{"_id":"d1","text":"again"}', '{oops', '{"_id":"x"}'],
      queries: ['{"_id":"q100","text":"Nothing is relevant?"}', JSON.stringify({ _id: 'q101', text: queryText(5) })],
      train: ['q0\tgone\t1', 'q3\tblank\t1', 'q100\tgone\t1', 'q101\td7\t1', 'q999\td1\t1', 'q1 d1 1'],
    });
    const { data } = await read();
    expect(await problemsOf()).toMatchObject({
      'invalid-line': {
        count: 3,
        severity: 'error',
        examples: [
          'train.tsv line 106 is not "query<TAB>document<TAB>gain" with an integer gain',
          expect.stringMatching(/^corpus\.jsonl line 103 is not JSON/),
          expect.stringMatching(/^corpus\.jsonl line 104: "text"/),
        ],
      },
      'repeated-document': { count: 1, examples: ['"d1"'] },
      'empty-passage': { count: 1, examples: ['document "blank"'] },
      'positive-missing': { count: 3, examples: ['"gone" of query "q0"', '"blank" of query "q3"', '"gone" of query "q100"'] }, // biome-ignore format: one line a problem
      'query-without-positive': { count: 1, examples: ['query "q100"'] },
      'query-without-text': { count: 1, examples: ['"q999"'] },
      'repeated-query': { count: 1, examples: ['query "q101" as query "q5"'] },
    });
    expect([...data.train, ...data.dev].find((example) => example.queryId === 'q5')?.positives).toEqual(['d5', 'd7']);
    expect([...data.corpus.keys()]).not.toContain('blank');
    expect(data.corpus.get('d1')?.text).not.toBe('again');
  });

  it('needs the training judgements', async () => {
    await writeBeir();
    await rm(join(folder, 'qrels', 'train.tsv'));
    await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('readTrainingData from JSON Lines', () => {
  it('takes given hard negatives as they are, and mines them where there are none', async () => {
    const given = { ...cohereLine(0), hard_negatives: ['A passage that is not relevant.'] };
    const path = await writeCohere([given, ...range(60).slice(1).map(cohereLine)]);
    const { data, problems } = await read({ path });
    expect(problems.map((problem) => problem.kind)).toEqual(['few-dev-queries', 'few-train-queries'].toReversed());
    const textsOf = (ids: readonly string[] = []) => ids.map((id) => data.corpus.get(id)?.text);
    const all = [...data.train, ...data.dev];
    const first = all.find((example) => example.query === queryText(0));
    expect(textsOf(first?.positives)).toEqual([passage(0)]);
    expect(textsOf(first?.hardNegatives)).toEqual(['A passage that is not relevant.']);
    const second = all.find((example) => example.query === queryText(1));
    expect(textsOf(second?.hardNegatives)).toContain(passage(11));
    expect(textsOf(second?.hardNegatives)).not.toContain(passage(1));
  });

  it('reports passages that contradict or are empty, and lines that are not valid, by line', async () => {
    const path = await writeCohere([
      { ...cohereLine(0), hard_negatives: [passage(0), passage(1), ''] },
      { query: 'Empty?', relevant_passages: [' '] },
      { query: 'None?', relevant_passages: [] },
      'not JSON',
      { ...cohereLine(0), relevant_passages: ['Another one'] },
      ...range(40).slice(1).map(cohereLine),
    ]);
    const { data } = await read({ path });
    const problems = await problemsOf({ path });
    expect(problems).toMatchObject({
      'invalid-line': { count: 2, examples: [expect.stringMatching(/^train\.jsonl line 3: "relevant_passages"/), expect.stringMatching(/^train\.jsonl line 4 is not JSON/)] }, // biome-ignore format: one line a problem
      'empty-passage': { count: 2, examples: ['train.jsonl line 1', 'train.jsonl line 2'] },
      'positive-is-hard-negative': { count: 1, examples: [expect.stringMatching(/^"[0-9a-f]+" of train\.jsonl line 1$/)] }, // biome-ignore format: one line a problem
      'query-without-positive': { count: 1, examples: ['train.jsonl line 2'] },
      'repeated-query': { count: 1, examples: ['train.jsonl line 5 as train.jsonl line 1'] },
    });
    expect(problems['invalid-line']?.message).toMatch(
      /^2 lines are not valid and were passed over: train\.jsonl line 3/,
    );
    const first = [...data.train, ...data.dev].find((example) => example.query === queryText(0));
    expect(first?.positives).toHaveLength(2);
    expect(first?.hardNegatives).toHaveLength(1);
  });

  it('keeps test queries out of training, and their passages out of the corpus', async () => {
    const path = await writeCohere(range(60).map(cohereLine));
    const testPath = await writeCohere([cohereLine(3), cohereLine(77)], 'test.jsonl');
    const { data, problems } = await read({ path, testPath });
    expect(problems.find((problem) => problem.kind === 'train-query-in-test')?.examples).toEqual([
      'train.jsonl line 4',
    ]);
    expect([...data.train, ...data.dev].map((example) => example.query)).not.toContain(queryText(3));
    expect(data.corpusSize).toBe(60);
  });

  it('takes each line of one file for the part that it names', async () => {
    const split = (numbers: readonly number[], name: string) => numbers.map((n) => ({ ...cohereLine(n), split: name }));
    const [train, dev, test] = [range(60).slice(0, 40), range(60).slice(40, 58), range(60).slice(58)];
    const lines = [...split(dev, 'dev'), ...train.map(cohereLine), ...split(test, 'test')];
    const { data } = await read({ path: await writeCohere(lines) });
    expect(data.dev.map(({ query, queryId }) => [query, queryId])).toEqual(
      dev.map((n, line) => [queryText(n), `train.jsonl:${line + 1}`]),
    );
    expect(data.train.map(({ query }) => query)).toEqual(train.map(queryText));
    expect(data.corpusSize).toBe(58);
    const unknown = await problemsOf({ path: await writeCohere([{ ...cohereLine(0), split: 'validation' }]) });
    expect(unknown['invalid-line']?.examples[0]).toMatch(/^train\.jsonl line 1: "split"/);
  });

  it('refuses too few queries and says how many there are', async () => {
    const path = await writeCohere(range(5).map(cohereLine));
    const { problems } = await read({ path });
    expect(problems.filter((problem) => problem.severity === 'error').map((problem) => problem.message)).toEqual([
      '4 training queries are left; training needs at least 16.',
      '1 dev queries are left; telling whether training helps needs at least 8.',
    ]);
  });
});
