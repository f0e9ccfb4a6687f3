import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildBm25Index } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { searchBm25 } from '#gpu-worker/evaluation/first-stage/search-bm25.ts';

interface ExpectedSetting {
  readonly k1: number;
  readonly b: number;
  readonly stemming: boolean;
  /** For each question the documents with their scores, best first. */
  readonly rankings: readonly (readonly (readonly [documentId: string, score: number])[])[];
}

const fixtures = join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures');
const readLines = async (name: string) =>
  (await readFile(join(fixtures, 'squad-sample', name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const expected: ExpectedSetting[] = JSON.parse(await readFile(join(fixtures, 'bm25', 'expected.json'), 'utf8'));
const passages: { id: string; title: string; text: string }[] = await readLines('passages.jsonl');
const queries: { text: string }[] = await readLines('queries.jsonl');

it.each(expected)('BM25 gives the scores of bm25s on real text: k1 $k1, b $b, stemming $stemming', async (setting) => {
  const documents = passages.map(({ id, title, text }) => ({ documentId: id, title, text }));
  const index = await buildBm25Index(documents, setting);
  expect(setting.rankings).toHaveLength(16);
  for (const [place, ranking] of setting.rankings.entries()) {
    const found = searchBm25(index, queries[place]?.text ?? '', passages.length);
    const scores = new Map(found.map(({ documentId, score }) => [documentId, score]));
    for (const [documentId, score] of ranking) expect(scores.get(documentId)).toBeCloseTo(score, 4);
    // Ten best by both: where ours has other documents in the first ten, their scores are equal.
    for (const [rank, [, score]] of ranking.entries()) expect(found[rank]?.score).toBeCloseTo(score, 4);
  }
});
