import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyTable } from '#cli/study/study-table.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { repositoryFolder } from '#test/support/source-files.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const animals = ['ant', 'bear', 'cat', 'deer', 'eagle', 'fox', 'goat', 'hare'];
const places = ['bog', 'cave', 'dune', 'farm', 'glen', 'hill'];

let folder: string;
let flags: string[];

/** 48 passages with a question each, in BEIR's layout: 24 to learn from, 12 for dev, 12 for the test. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-study-'));
  const data = join(folder, 'animals');
  mkdirSync(join(data, 'qrels'), { recursive: true });
  const pairs = animals.flatMap((animal) => places.map((place) => ({ id: `${animal}-${place}`, animal, place })));
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const passages = pairs.map(({ id, animal, place }) => ({
    _id: `d-${id}`,
    text: `The ${animal} is in the ${place}.`,
  }));
  writeFileSync(join(data, 'corpus.jsonl'), lines(passages));
  const queries = pairs.map(({ id, animal, place }) => ({
    _id: `q-${id}`,
    text: `which ${animal} likes the ${place}?`,
  }));
  writeFileSync(join(data, 'queries.jsonl'), lines(queries));
  const shuffled = pairs.toSorted((a, b) => a.place.localeCompare(b.place) || a.id.localeCompare(b.id));
  for (const [split, from, to] of [['train', 0, 24], ['dev', 24, 36], ['test', 36, 48]] as const) // biome-ignore format: a table
    writeFileSync(join(data, 'qrels', `${split}.tsv`), shuffled.slice(from, to).map(({ id }) => `q-${id}\td-${id}\t1\n`).join('')); // biome-ignore format: one line
  flags = [
    ['--data', data, '--model', writeTinyTextModel(join(folder, 'model')), '--threads', '1'],
    ['--train-queries', '16', '--test-queries', '4', '--depth', '3', '--steps', '1', '--dev-queries', '8'],
    ['--max-tokens-per-doc', '24'],
  ].flat();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All studies write into one folder, so that they share the cells that they have in common: a third of the trainings. */
const shared = 'studies';
const run = (name: string, output: string) => runHintrank(['study', name, ...flags, '--output', join(folder, output)]);
const reportOf = (output: string, name: string) =>
  JSON.parse(readFileSync(join(folder, output, `${name}.json`), 'utf8'));

/** Trainings of a study and a kill, each in processes and threads of their own: many seconds on a machine that has other work. */
const timeoutMs = 600_000;

describe('hintrank study', { timeout: timeoutMs }, () => {
  it.each(studyTable.map(({ name }) => name))('%s runs from data to conclusion', async (name) => {
    const { exitCode, stderr, stdout } = await run(name, shared);
    expect(exitCode, stderr).toBe(0);
    const report = reportOf(shared, name);
    expect(report.rows.length).toBeGreaterThan(3);
    for (const { metrics } of report.rows) expect(metrics['nDCG@10']).toBeGreaterThanOrEqual(0);
    expect(report.differences.length).toBeGreaterThan(2);
    expect(report.conclusion).toMatch(/significant.*\.$/s);
    const markdown = readFileSync(join(folder, shared, `${name}.md`), 'utf8');
    expect(markdown.trimEnd().endsWith(report.conclusion), 'the report ends with the conclusion').toBe(true);
    expect(stdout).toBe(markdown);
    const plots = [...markdown.matchAll(/\]\(([\w-]+\.svg)\)/g)].map((match) => match[1] ?? '');
    expect(plots).toContain(`${name}-differences.svg`);
    for (const plot of plots) expect(readFileSync(join(folder, shared, plot), 'utf8')).toMatch(/^<svg .*xmlns=/);
  });
});

describe('a study that is killed', { timeout: timeoutMs }, () => {
  it('goes on where it was, and ends with the report of an undisturbed one', async () => {
    const output = join(folder, 'killed');
    const words = ['cli/main.ts', 'study', 'leakage', ...flags, '--output', output];
    // Not through the launcher: SIGKILL would end it alone and leave its child running.
    const child = spawn(process.execPath, words, { cwd: repositoryFolder });
    await new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      child.stderr.on('data', (said: Buffer) => {
        if (said.includes('training 2 of 3')) child.kill('SIGKILL');
      });
    });
    expect(readdirSync(output).sort(), 'no report yet').toEqual(['adapters', 'cells']);
    const [first = ''] = readdirSync(join(output, 'adapters')).filter((name) => name.endsWith('.safetensors'));
    const { mtimeMs } = statSync(join(output, 'adapters', first));

    const again = await run('leakage', 'killed');
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stderr).toContain('training 1 of 3: retrieved, seed 1 is done already');
    expect(statSync(join(output, 'adapters', first)).mtimeMs, 'the finished adapter is not made again').toBe(mtimeMs);
    expect(readdirSync(join(output, 'adapters')), 'no checkpoint is left').toHaveLength(3);
    const undisturbed = await run('leakage', shared);
    expect(undisturbed.exitCode, undisturbed.stderr).toBe(0);
    expect(reportOf('killed', 'leakage')).toEqual(reportOf(shared, 'leakage'));

    const cells = () => readdirSync(join(output, 'cells')).map((name) => statSync(join(output, 'cells', name)).mtimeMs);
    const before = cells();
    expect((await run('leakage', 'killed')).stderr.match(/is done already/g)).toHaveLength(3);
    expect(cells()).toEqual(before);
  });
});

describe('study refuses', () => {
  it.each([
    [['nonsense'], 'There is no study "nonsense": name one of retrievers, variants'],
    [['margin', '--run', 'dense.trec'], '--run is of no use in margin'],
    [['margin', '--depth', '1'], '--depth must be an integer from 2 to 1000'],
  ])('%s', async ([name = '', ...more], sentence) => {
    const words = ['study', name, '--data', folder, '--output', join(folder, 'refused'), ...more];
    const { exitCode, stderr } = await runHintrank(words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });
});
