import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryFolder } from '#test/support/source-files.ts';

const sampleFolder = join(repositoryFolder, 'test', 'fixtures', 'squad-sample');

/** Real passages and questions, by the ids that are drawn. A number in front makes a text one that no other is. */
export interface PlanTexts {
  readonly keptDocument: (id: number) => string;
  /** `run` tells the documents of two loads apart, which have the same ids. */
  readonly newDocument: (id: number, run: number) => string;
  readonly query: (index: number, run: number) => string;
}

export async function readPlanTexts(): Promise<PlanTexts> {
  const [passages, queries] = await Promise.all([readTexts('passages.jsonl'), readTexts('queries.jsonl')]);
  const passage = (id: number) => passages[id % passages.length] ?? '';
  return {
    keptDocument: (id) => `${id}. ${passage(id)}`,
    newDocument: (id, run) => `${run}-${id}. ${passage(id)}`,
    query: (index, run) => `${queries[index % queries.length]} (${run}, ${index})`,
  };
}

async function readTexts(name: string): Promise<string[]> {
  const lines = (await readFile(join(sampleFolder, name), 'utf8')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}
