import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { datasetLineSchema } from '#shared/protocol/dataset.ts';
import { judgedAnimalLines } from '#test/support/judged-animals.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { readWalkDataset } from '#test/walks/training/read-walk-dataset.ts';
import { walkTraining } from '#test/walks/training/walk-training.ts';
import { writeBeirFolder } from '#test/walks/training/write-beir-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-walk-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Animals to train on, and others that they are hated by to be measured on, as a BEIR folder. */
async function writeAnimals(): Promise<string> {
  const [train, dev] = ['like', 'hate'].map((verb) =>
    judgedAnimalLines(verb).map((line) => datasetLineSchema.parse(JSON.parse(line))),
  );
  const lines = [...(train ?? []), ...(dev ?? [])];
  const texts = new Set(lines.flatMap((line) => [...line.relevant_passages, ...(line.hard_negatives ?? [])]));
  const ids = new Map([...texts].map((text, index) => [text, `d${index}`]));
  const judged = (part: string, some: typeof train = []) =>
    some.map(({ query, relevant_passages: relevant }, index) => ({
      ...{ id: `${part}${index}`, text: query },
      relevant: relevant.map((text) => ids.get(text) ?? ''),
    }));
  return writeBeirFolder(join(folder, 'animals'), {
    documents: new Map([...ids].map(([text, id]) => [id, text])),
    parts: { train: judged('train', train), dev: judged('dev', dev?.slice(0, 24)) },
  });
}

it('a BEIR folder becomes an adapter over HTTP, which serves, is rolled back to, and measures what its job says', async () => {
  const lines: string[] = [];
  const differences = await walkTraining({
    modelPath: writeTinyTextModel(join(folder, 'model')),
    dataset: await readWalkDataset(await writeAnimals(), 40),
    name: 'animals',
    preset: 'standard',
    settings: { steps: 6, evaluate_every: 3, learning_rate: 0.01, dev_depth: 6, patience: 50 },
    stateFolder: join(folder, 'state'),
    precision: 'fp32',
    say: (line) => void lines.push(line),
    signal: new AbortController().signal,
  });
  const output = lines.join('\n');
  expect(differences, output).toEqual([]);
  expect(output).toContain('40 queries to train on, 24 of dev');
  expect(output).toContain('{"kind":"state","state":"completed"');
  expect(output.match(/^ {2}as it should be: /gm)).toHaveLength(13);
}, 300_000);
