import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import { readTrecRun } from '#gpu-worker/evaluation/read-trec-run.ts';
import { writeTrecRun } from '#gpu-worker/evaluation/write-trec-run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

const readText = async (text: string) => {
  const path = join(folder, 'input.trec');
  await writeFile(path, text);
  return readTrecRun(path);
};

describe('TREC run files', () => {
  it('read back what was written, in the same order, scores to the precision of float32', async () => {
    const idArbitrary = fc.stringMatching(/^[\w.:-]{1,8}$/);
    const entriesArbitrary = fc.uniqueArray(
      fc.record({ documentId: idArbitrary, score: fc.double({ min: -50, max: 50, noNaN: true }) }),
      { selector: (entry) => entry.documentId, minLength: 1, maxLength: 8 },
    );
    const path = join(folder, 'law.trec');
    await fc.assert(
      fc.asyncProperty(fc.dictionary(idArbitrary, entriesArbitrary, { minKeys: 1, maxKeys: 4 }), async (queries) => {
        const run = new Map(Object.entries(queries).map(([id, entries]) => [id, orderEntries(entries)]));
        await writeTrecRun(path, run, 'law');
        const back = await readTrecRun(path);
        expect([...back.keys()]).toEqual([...run.keys()]);
        for (const [id, entries] of run) {
          expect(back.get(id)?.map((entry) => entry.documentId)).toEqual(entries.map((entry) => entry.documentId));
          for (const [index, entry] of entries.entries())
            expect(Math.fround(back.get(id)?.[index]?.score ?? Number.NaN) - Math.fround(entry.score)).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are ordered by score, ties by document id from the last to the first, whatever ranks and lines say', async () => {
    const run = await readText('q Q0 b 2 1.5 t\nq Q0 a 1 2 t\r\n\nq Q0 c 3 1.5 t\n');
    expect(run.get('q')?.map((entry) => entry.documentId)).toEqual(['a', 'c', 'b']);
  });

  it.each([
    ['q Q0 a 1 2 t\nq Q0 a', 'line 2 has 3 fields'],
    ['q Q0 a 1 2 t more', 'line 1 has 7 fields'],
    ['q Q0 a one 2 t', 'line 1: the rank "one"'],
    ['q Q0 a 1 nan t', 'line 1: the score "nan"'],
    ['q Q0 a 1 2 t\nq Q0 a 2 1 t', 'line 2 ranks document "a" of query "q" a second time'],
    ['', 'has no lines'],
  ])('with %j are refused by line and reason', async (text, sentence) => {
    await expect(readText(text)).rejects.toThrow(sentence);
  });

  it('that cannot be finished leave the old file and nothing else', async () => {
    const target = join(folder, 'atomic');
    await mkdir(target);
    const path = join(target, 'run.trec');
    await writeFile(path, 'old');
    const failing = new Map([['q', [{ documentId: 'a', score: 1 }, { documentId: 'b', score: Symbol('not a number') as never }]]]); // biome-ignore format: one query
    await expect(writeTrecRun(path, failing, 't')).rejects.toThrow();
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(target)).toEqual(['run.trec']);
    await expect(writeTrecRun(join(target, 'no', 'run.trec'), failing, 't')).rejects.toThrow(
      'The folder of the output',
    );
    await expect(writeTrecRun(target, failing, 't')).rejects.toThrow('is a folder');
  });
});
