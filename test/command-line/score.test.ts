import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, runHintrank, spawnHintrank } from '#test/command-line/run-hintrank.ts';
import goldenCases from '#test/fixtures/golden/tiny-llama/cases.json' with { type: 'json' };
import { repositoryFolder } from '#test/support/source-files.ts';

/** Log-probabilities of an fp32 engine against the reference (golden README). */
const tolerance = 2e-4;

const modelFlags = ['--model', join(repositoryFolder, 'test', 'fixtures', 'golden', 'tiny-llama'), '--threads', '2'];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-score-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Every split of every golden case: many lines whose order is easy to see. */
const lines = goldenCases.cases.flatMap(({ input_ids: ids, logprobs }) =>
  ids.slice(1).map((_, index) => ({
    input: { prompt_ids: ids.slice(0, index + 1), target_ids: ids.slice(index + 1) },
    expected: logprobs.slice(index),
  })),
);
const input = lines.map((line) => `${JSON.stringify(line.input)}\n`).join('');

function checkOutput(output: string): void {
  const results = output.trimEnd().split('\n').map((text) => JSON.parse(text)); // biome-ignore format: one pipeline
  expect(results).toHaveLength(lines.length);
  for (const [index, { input: asked, expected }] of lines.entries()) {
    const {
      mean_log_likelihood: mean,
      target_ids: targetIds,
      target_log_likelihoods: values,
      ...more
    } = results[index];
    expect(more).toEqual({});
    expect(targetIds).toEqual(asked.target_ids);
    for (const [position, value] of expected.entries())
      expect(Math.abs(values[position] - value)).toBeLessThan(tolerance);
    expect(mean).toBeCloseTo(values.reduce((sum: number, value: number) => sum + value, 0) / values.length, 5);
  }
}

describe('hintrank score', () => {
  it('gives the golden log-likelihoods, in the order of the lines, from standard input to standard output', async () => {
    const result = await runHintrank(['score', '--input', '-', ...modelFlags], input);
    expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode: 0, stderr: '' });
    checkOutput(result.stdout);
  });

  it('gives them from file to file, with nothing left beside the output', async () => {
    const place = await mkdtemp(join(folder, 'files-'));
    await writeFile(join(place, 'in.jsonl'), input);
    const result = await runHintrank([
      'score',
      '--input',
      join(place, 'in.jsonl'),
      '--output',
      join(place, 'out.jsonl'),
      ...modelFlags,
    ]);
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    checkOutput(await readFile(join(place, 'out.jsonl'), 'utf8'));
    expect((await readdir(place)).sort()).toEqual(['in.jsonl', 'out.jsonl']);
  });

  it.each([
    ['{"query":1,"document":"d"}', `line ${lines.length + 1}: "query"`],
    ['{"prompt_ids":[1]', `line ${lines.length + 1} is not JSON`],
    ['{"prompt_ids":[1],"target_ids":[96]}', `line ${lines.length + 1}: token id 96 is outside the vocabulary`],
    ['{"query":"q","document":"d"}', `line ${lines.length + 1}:`],
  ])('names the line of %s, and the old output stays', async (badLine, sentence) => {
    const place = await mkdtemp(join(folder, 'bad-'));
    await writeFile(join(place, 'out.jsonl'), 'old');
    const result = await runHintrank(
      ['score', '--input', '-', '--output', join(place, 'out.jsonl'), ...modelFlags],
      `${input}${badLine}\n`,
    );
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(sentence);
    expect(await readFile(join(place, 'out.jsonl'), 'utf8')).toBe('old');
    expect(await readdir(place)).toEqual(['out.jsonl']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends by %s with %i while it waits for input, and leaves no file', async (signal, exitCode) => {
    const place = await mkdtemp(join(folder, 'stop-'));
    const toFile = spawnHintrank(['score', '--input', '-', ...modelFlags, '--output', join(place, 'out.jsonl')]);
    toFile.stdin.on('error', () => undefined);
    const toScreen = spawnHintrank(['score', '--input', '-', ...modelFlags]);
    toScreen.stdin.on('error', () => undefined);
    const results = Promise.all([collect(toFile), collect(toScreen)]);
    toFile.stdin.write(input);
    toScreen.stdin.write(input);
    await once(toScreen.stdout, 'readable');
    toFile.kill(signal);
    toScreen.kill(signal);
    for (const result of await results) {
      expect(result.exitCode).toBe(exitCode);
      expect(result.stderr).toBe('hintrank: stopped.\n');
    }
    expect(await readdir(place)).toEqual([]);
  });

  it('is silent when its reader has read enough', async () => {
    const child = spawnHintrank(['score', '--input', '-', ...modelFlags]);
    child.stdin.on('error', () => undefined);
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.write(input);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const closed = once(child, 'close');
    for (let count = 0; count < 50; count++) child.stdin.write(input);
    child.stdin.end();
    expect(await closed).toEqual([0, null]);
    expect(Buffer.concat(stderr).toString()).toBe('');
  });
});
