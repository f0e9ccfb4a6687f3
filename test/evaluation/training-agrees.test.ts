import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import { judgedAnimalLines } from '#test/support/judged-animals.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

interface Line {
  readonly query: string;
  readonly relevant_passages: readonly string[];
  readonly hard_negatives: readonly string[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-agree-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same dev queries and passages as a folder in BEIR's layout, passages named as training names them. */
function writeBeirFolder(train: readonly Line[], dev: readonly Line[]): string {
  const target = join(folder, 'beir');
  mkdirSync(join(target, 'qrels'), { recursive: true });
  const idOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 20);
  const passages = new Set([...train, ...dev].flatMap((line) => [...line.relevant_passages, ...line.hard_negatives]));
  const write = (name: string, lines: readonly string[]) => writeFileSync(join(target, name), `${lines.join('\n')}\n`);
  write(
    'corpus.jsonl',
    [...passages].map((text) => JSON.stringify({ _id: idOf(text), title: '', text })),
  );
  write('queries.jsonl', dev.map(({ query }, index) => JSON.stringify({ _id: `q${index}`, text: query }))); // biome-ignore format: one file a line
  const judged = dev.flatMap((line, index) => line.relevant_passages.map((text) => `q${index}\t${idOf(text)}\t1`));
  write('qrels/dev.tsv', ['query-id\tcorpus-id\tscore', ...judged]);
  return target;
}

it('the nDCG@10 that a training reports, of base model and adapter, is what evaluate prints for the same dev queries and candidates', async () => {
  const [train, dev] = [judgedAnimalLines(), judgedAnimalLines('hate').slice(0, 24)].map((lines) =>
    lines.map((line) => JSON.parse(line) as Line),
  ) as [Line[], Line[]];
  const data = join(folder, 'judged.jsonl');
  const lines = [...train, ...dev.map((line) => ({ ...line, split: 'dev' }))].map((line) => JSON.stringify(line));
  writeFileSync(data, `${lines.join('\n')}\n`);
  const model = ['--model', writeTinyTextModel(join(folder, 'model'))];
  const adapter = join(folder, 'adapter.safetensors');
  const flags = '--steps 9 --evaluate-every 3 --learning-rate 0.01 --dev-depth 6 --storage fp32'.split(' ');
  const trained = await runHintrank(['train', '--data', data, ...model, ...flags, '--output', adapter]);
  expect(trained.exitCode, trained.stderr).toBe(0);
  const { alone, data: described } = JSON.parse(readFileSync(`${adapter}.report.json`, 'utf8'));
  expect(described).toMatchObject({ trainQueries: train.length, devQueries: dev.length });

  const beir = [
    '--data',
    writeBeirFolder(train, dev),
    '--split',
    'dev',
    '--first-stage',
    'bm25',
    '--depth',
    '6',
    '--json',
  ];
  for (const [method, reported] of [
    ['clean-1', alone.base],
    [adapter, alone.adapter],
  ]) {
    const evaluated = await runHintrank(['evaluate', ...beir, ...model, '--method', method]);
    expect(evaluated.exitCode, evaluated.stderr).toBe(0);
    expect(JSON.parse(evaluated.stdout).reranked.ndcg_at_10, method).toBeCloseTo(reported, 12);
  }
  expect(alone.adapter).not.toBe(alone.base);
});
