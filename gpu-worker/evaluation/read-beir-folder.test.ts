import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBeirFolder } from '#gpu-worker/evaluation/read-beir-folder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-beir-'));
  await mkdir(join(folder, 'qrels'));
  await writeFile(
    join(folder, 'corpus.jsonl'),
    '{"_id":"d1","title":"T","text":"one"}\n{"_id":"d2","text":"two"}\n{"_id":"d3","text":"three"}\n',
  );
  await writeFile(join(folder, 'queries.jsonl'), '{"_id":"q1","text":"first?"}\n{"_id":"q2","text":"second?"}\n');
  await writeFile(join(folder, 'qrels', 'test.tsv'), 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n');
});
afterEach(() => rm(folder, { recursive: true }));

const read = (documents: string[], queries: string[]) =>
  readBeirFolder(folder, { split: 'test', documentIds: new Set(documents), queryIds: new Set(queries) });

describe('readBeirFolder', () => {
  it('keeps what is asked for, with the judgements of the split', async () => {
    expect(await read(['d1', 'd2'], ['q2'])).toEqual({
      documents: new Map([
        ['d1', { title: 'T', text: 'one' }],
        ['d2', { title: '', text: 'two' }],
      ]),
      queries: new Map([['q2', 'second?']]),
      judgements: new Map([['q1', new Map(Object.entries({ d1: 1, d2: 0 }))]]),
    });
  });

  it('names what the run asks for and the folder lacks', async () => {
    await expect(read(['d1', 'd9', 'd8'], [])).rejects.toThrow(
      /^2 of the 3 documents of the run are not in .*corpus\.jsonl, the first is "d9"\.$/,
    );
    await expect(read([], ['q9'])).rejects.toThrow(/queries\.jsonl, the first is "q9"/);
  });

  it.each([
    ['corpus.jsonl', '{"_id":"d1","text":"x"}\n{"_id":"d1"}', 'corpus.jsonl line 2: "text"'],
    ['corpus.jsonl', '{"_id":"d1","text":"x"}\n{oops', 'corpus.jsonl line 2 is not JSON'],
    ['queries.jsonl', '[]', 'queries.jsonl line 1: the line'],
    ['qrels/test.tsv', 'q1\td1\t1\nq1 d2 1', 'test.tsv line 2'],
    ['qrels/test.tsv', 'q1\td1\tyes', 'test.tsv line 1'],
  ])('refuses a bad %s by line and reason', async (file, text, sentence) => {
    await writeFile(join(folder, file), text);
    await expect(read([], [])).rejects.toThrow(sentence);
  });
});
