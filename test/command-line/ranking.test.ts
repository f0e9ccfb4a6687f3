import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

const fixtures = join(repositoryFolder, 'test', 'fixtures');
const question = 'The Rhine forms an inland delta into which lake?';
const answering = 'p993';

let passages: { id: string; title: string; text: string }[] = [];
let folder = '';

interface Result {
  readonly id: string;
  readonly mean_log_likelihood: number;
  readonly relevance_score: number;
}

/** A BEIR folder of twelve real passages and one question, with a first stage that has the answer last. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-ranking-'));
  const lines = (await readFile(join(fixtures, 'squad-sample', 'passages.jsonl'), 'utf8')).trimEnd().split('\n');
  const all: typeof passages = lines.map((line) => JSON.parse(line));
  passages = [
    ...all.filter((passage) => passage.id !== answering).slice(0, 11),
    ...all.filter((passage) => passage.id === answering),
  ];
  const jsonLines = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  await mkdir(join(folder, 'qrels'));
  await writeFile(join(folder, 'passages.jsonl'), jsonLines(passages));
  await writeFile(
    join(folder, 'corpus.jsonl'),
    jsonLines(passages.map(({ id, title, text }) => ({ _id: id, title, text }))),
  );
  await writeFile(join(folder, 'queries.jsonl'), jsonLines([{ _id: 'q1', text: question }]));
  await writeFile(join(folder, 'qrels', 'test.tsv'), `query-id\tcorpus-id\tscore\nq1\t${answering}\t1\n`);
  await writeFile(
    join(folder, 'first.trec'),
    passages.map(({ id }, index) => `q1 Q0 ${id} ${index + 1} ${-index} first\n`).join(''),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('hintrank rerank with the default model', () => {
  it('finds the chunk of a long document that answers', async () => {
    const others = passages.filter(({ id }) => id !== answering).map(({ text }) => text);
    const long = [...others.slice(0, 3), passages.find(({ id }) => id === answering)?.text ?? ''].join(' ');
    const file = join(folder, 'long.jsonl');
    await writeFile(file, `${JSON.stringify(long)}\n`);
    const words = ['rerank', '--query', question, '--documents', file, '--json', '--chunk-tokens', '200'];
    const [result] = JSON.parse((await runHintrank(words)).stdout).results;
    expect(result).toMatchObject({ truncated: false, chunk: { tokens: expect.any(Object) } });
    const { start, end } = result.chunk.characters;
    expect(long.slice(start, end)).toContain('Lake Constance');
    expect(result.chunk.count).toBeGreaterThan(2);
    expect(result.document_tokens).toBeGreaterThan(500);
  });

  it('puts the passage that answers first, as JSON and as a table', async () => {
    const words = ['rerank', '--query', question, '--documents', join(folder, 'passages.jsonl')];
    const asJson = await runHintrank([...words, '--json']);
    expect({ exitCode: asJson.exitCode, stderr: asJson.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { results } = JSON.parse(asJson.stdout);
    expect(results).toHaveLength(12);
    expect(results[0]).toMatchObject({ rank: 1, id: answering, index: 11, truncated: false });
    const scores = results.map((result: { relevance_score: number }) => result.relevance_score);
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a));
    expect(scores[0]).toBeGreaterThan(0.5);
    expect(scores[0]).toBeLessThan(1);
    expect(scores.at(-1)).toBeGreaterThan(0);
    expect(scores.at(-1)).toBeLessThan(0.05);

    const paper = JSON.parse((await runHintrank([...words, '--json', '--scoring', 'likelihood'])).stdout).results;
    for (const { mean_log_likelihood, relevance_score } of paper) {
      expect(relevance_score).toBe(Math.exp(mean_log_likelihood));
    }
    const likelihoodOf = new Map(results.map((one: Result) => [one.id, one.mean_log_likelihood]));
    expect(new Map(paper.map((one: Result) => [one.id, one.mean_log_likelihood]))).toEqual(likelihoodOf);

    const asTable = await runHintrank([...words, '--top-n', '2']);
    expect(asTable.exitCode).toBe(0);
    expect(asTable.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(asTable.stdout.split('\n')[1]).toContain(answering);
  });
});

describe('hintrank evaluate with the default model', () => {
  it('measures both rankings, writes the new run, and finds no difference to itself', async () => {
    const output = join(folder, 'reranked.trec');
    const words = [
      'evaluate',
      '--data',
      folder,
      '--run',
      join(folder, 'first.trec'),
      '--method',
      'clean-1',
      '--output',
      output,
      '--json',
    ];
    const first = JSON.parse((await runHintrank(words)).stdout);
    expect(first).toMatchObject({
      method: 'clean-1',
      precision: 'fp32',
      queries: 1,
      pairs: 12,
      documents: 12,
      max_tokens_per_doc: 160,
    });
    expect(first.first_stage).toMatchObject({ ndcg_at_10: 0, hit_at_1: 0, mrr_at_10: 0 });
    expect(first.reranked).toMatchObject({ ndcg_at_10: 1, hit_at_1: 1, mrr_at_10: 1 });
    const run = (await readFile(output, 'utf8')).trimEnd().split('\n');
    expect(run).toHaveLength(12);
    expect(run[0]).toMatch(new RegExp(`^q1 Q0 ${answering} 1 -\\d+\\.\\d{7} clean-1$`));

    const again = JSON.parse((await runHintrank([...words, '--threads', '1', '--compare', output])).stdout);
    expect(again.comparison).toMatchObject({ pairs: 12, mean_spearman: 1 });
    expect(again.comparison.max_absolute_difference).toBeLessThan(1e-6);
  });

  it('orders by likelihood or by blended log-odds, as --scoring says, with the scores of rerank', async () => {
    const evaluate = async (output: string, ...words: string[]) => {
      const named = ['--data', folder, '--run', join(folder, 'first.trec'), '--output', join(folder, output), '--json'];
      const { exitCode, stdout } = await runHintrank(['evaluate', ...named, ...words]);
      expect(exitCode).toBe(0);
      const lines = (await readFile(join(folder, output), 'utf8')).trimEnd().split('\n');
      const scores = new Map(lines.map((line) => [line.split(' ')[2] ?? '', Number(line.split(' ')[4])]));
      expect([...scores.values()]).toEqual([...scores.values()].toSorted((a, b) => b - a));
      return { report: JSON.parse(stdout), tag: lines[0]?.split(' ')[5], scores };
    };
    const likelihood = await evaluate('likelihood.trec');
    const compared = ['--fusion', '0.5', '--compare', join(folder, 'likelihood.trec')];
    const blended = await evaluate('blended.trec', '--scoring', 'blended', ...compared);

    const asked = ['--query', question, '--documents', join(folder, 'passages.jsonl'), '--json'];
    const { stdout } = await runHintrank(['rerank', ...asked, '--precision', 'fp32', '--max-tokens-per-doc', '160']);
    const expected: Result[] = JSON.parse(stdout).results;
    for (const { id, mean_log_likelihood, relevance_score } of expected) {
      expect(likelihood.scores.get(id)).toBeCloseTo(mean_log_likelihood, 4);
      expect(blended.scores.get(id)).toBeCloseTo(Math.log(relevance_score / (1 - relevance_score)), 4);
    }
    expect([...blended.scores.keys()]).not.toEqual([...likelihood.scores.keys()]);

    const losses = expected.map(({ id, relevance_score }) =>
      Math.log(id === answering ? relevance_score : 1 - relevance_score),
    );
    expect(blended.report.log_loss).toBeCloseTo(-losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 4);
    expect(blended.report.calibration_error).toBeGreaterThan(0);
    expect(blended.report).toMatchObject({
      scoring: 'blended',
      method: 'clean-1',
      fused: { hit_at_1: expect.any(Number) },
    });
    expect(blended.report.comparison.pairs).toBe(12);
    expect(blended.report.names).toMatchObject({ reranked: 'clean-1-blended, fp32', compared: 'likelihood.trec' });
    expect(likelihood.report).toMatchObject({ scoring: 'likelihood', calibration_error: null, log_loss: null });
    expect([likelihood.tag, blended.tag]).toEqual(['clean-1', 'clean-1-blended']);
  });

  it('reads the adapter file that the method names', async () => {
    const method = join(fixtures, 'golden', 'smollm2', 'adapter_A.safetensors');
    const words = [
      'evaluate',
      '--data',
      folder,
      '--run',
      join(folder, 'first.trec'),
      '--method',
      method,
      '--precision',
      'int8',
    ];
    const result = await runHintrank(words);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toMatch(/adapter_A\.safetensors, int8 +1\.0000 +1\.0000 +1\.0000/);
  });
});
