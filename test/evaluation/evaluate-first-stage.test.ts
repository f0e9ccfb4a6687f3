import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

let folder = '';

/** A BEIR folder of the 48 sample passages and 16 questions. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-evaluate-'));
  const readSample = async (name: string) =>
    (await readFile(join(repositoryFolder, 'test', 'fixtures', 'squad-sample', name), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const jsonLines = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const passages: { id: string; title: string; text: string }[] = await readSample('passages.jsonl');
  const queries: { id: string; text: string; relevant: string }[] = await readSample('queries.jsonl');
  await mkdir(join(folder, 'qrels'));
  await writeFile(
    join(folder, 'corpus.jsonl'),
    jsonLines(passages.map(({ id, title, text }) => ({ _id: id, title, text }))),
  );
  await writeFile(join(folder, 'queries.jsonl'), jsonLines(queries.map(({ id, text }) => ({ _id: id, text }))));
  await writeFile(
    join(folder, 'qrels', 'test.tsv'),
    queries.map(({ id, relevant }) => `${id}\t${relevant}\t1\n`).join(''),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const evaluate = (...words: string[]) => runHintrank(['evaluate', '--data', folder, '--method', 'none', ...words]);

describe('hintrank evaluate without a model', () => {
  it('measures BM25, writes its run, and gets the same figures from that run', async () => {
    const bm25 = join(folder, 'bm25.trec');
    const first = await evaluate('--first-stage', 'bm25', '--first-stage-output', bm25, '--json');
    expect({ exitCode: first.exitCode, stderr: first.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const report = JSON.parse(first.stdout);
    expect(report.first_stage_name).toBe(
      "BM25 (Lucene's form, k1 0.9, b 0.4, no stemmer, English stop words, title and text)",
    );
    expect(report.queries).toBe(16);
    expect(report.first_stage.hit_at_10).toBeGreaterThan(0.9);
    const again = JSON.parse((await evaluate('--run', bm25, '--json')).stdout);
    expect(again.first_stage).toEqual(report.first_stage);
  });

  it('tests a compared run and its fusion with the first stage, and writes Markdown and a page', async () => {
    const [random, markdown, html] = ['random.trec', 'report.md', 'report.html'].map((name) => join(folder, name));
    const drawn = await evaluate('--first-stage', 'random', '--depth', '48', '--first-stage-output', `${random}`);
    expect(drawn.exitCode).toBe(0);
    const words = ['--first-stage', 'bm25', '--compare', `${random}`, '--fusion', '0.5'];
    const compared = await evaluate(...words, '--markdown', `${markdown}`, '--html', `${html}`);
    expect({ exitCode: compared.exitCode, stderr: compared.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(compared.stdout).toMatch(/random\.trec against first stage: nDCG@10 −0\.\d{4} \[.*A significant loss\./);
    expect(compared.stdout).toMatch(/random\.trec \+ 0\.5 × first stage against first stage/);
    expect(await readFile(`${markdown}`, 'utf8')).toContain('| MAP |');
    expect(await readFile(`${html}`, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/);
    expect((await evaluate(...words)).stdout).toBe(compared.stdout);
  });

  it.each([
    [[], '--first-stage is required: bm25, random, or a TREC run.'],
    [['--run', 'a', '--first-stage', 'b'], '--run and --first-stage name the same thing; give one of them.'],
    [['--first-stage', 'bm25', '--bm25-b', '2'], '--bm25-b must be a number from 0 to 1, not "2".'],
    [['--first-stage', 'bm25', '--cutoffs', '5,x'], '--cutoffs must be an integer from 1 to 10000, not "x".'],
    [
      ['--first-stage', 'bm25', '--fusion', '.5'],
      '--method none scores nothing, so there is nothing to write or to fuse.',
    ],
  ])('refuses %j', async (words, sentence) => {
    const { exitCode, stderr } = await evaluate(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`hintrank: ${sentence}\n`);
  });
});
