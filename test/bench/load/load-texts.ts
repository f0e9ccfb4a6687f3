import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryFolder } from '#test/support/source-files.ts';

const sampleFolder = join(repositoryFolder, 'test', 'fixtures', 'squad-sample');

/** Real passages and questions; `unseen` gives passages with a number in front that no other has, so that nothing of them is kept. */
export interface LoadTexts {
  readonly unseen: (count: number) => string[];
  readonly query: (index: number) => string;
}

export async function readLoadTexts(): Promise<LoadTexts> {
  const [passages, queries] = await Promise.all([readTexts('passages.jsonl'), readTexts('queries.jsonl')]);
  let next = 0;
  const one = () => {
    next += 1;
    return `${next}. ${passages[next % passages.length]}`;
  };
  return {
    unseen: (count) => Array.from({ length: count }, one),
    query: (index) => queries[index % queries.length] ?? '',
  };
}

async function readTexts(name: string): Promise<string[]> {
  const lines = (await readFile(join(sampleFolder, name), 'utf8')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
