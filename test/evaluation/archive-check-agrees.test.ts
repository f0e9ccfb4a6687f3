import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArchiveCheck, archiveParts } from '#edge/training/datasets/archive/archive-check.ts';
import { readTrainingData } from '#gpu-worker/training/data/read-training-data.ts';
import { beirPaths } from '#shared/beir/find-beir-members.ts';

/** Lines of each part of a BEIR data set; null: the part is not there. */
type Folder = Readonly<Record<keyof typeof beirPaths, readonly string[] | null>>;

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'hintrank-archive-agrees-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const count = 60;
const number = fc.nat(count + 3);
const bad = fc.constantFrom('{', '[1]', 'x\ty', '');
const document = (id: number, text: string) => JSON.stringify({ _id: `d${id}`, text });
const query = (id: number, text: string) => JSON.stringify({ _id: `q${id}`, text });
const judgement = (queryId: number, documentId: number, gain: number) => `q${queryId}\td${documentId}\t${gain}`;

const numbered = (from: number, to: number, line: (index: number) => string) =>
  Array.from({ length: to - from }, (_, index) => line(from + index));
const documents = numbered(0, count, (index) => document(index, `passage ${index}`));
const queries = numbered(0, count, (index) => query(index, `query ${index}`));

const judged = fc.tuple(number, number, fc.integer({ min: 0, max: 2 })).map((parts) => judgement(...parts));
/** Now and then a line that is none: most folders should be good in that. */
const now = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(arbitrary, { maxLength: 2 }) });

/** A sound folder with lines added and parts cut short or left out. */
const folders: fc.Arbitrary<Folder> = fc
  .record({
    trainCount: fc.integer({ min: 14, max: 44 }),
    devCount: fc.option(fc.integer({ min: 6, max: 15 }), { freq: 3 }),
    hasTest: fc.boolean(),
    documents: now(fc.tuple(number, fc.constantFrom('', ' ', 'other')).map(([id, text]) => document(id, text))),
    queries: now(fc.tuple(number, number).map(([id, other]) => query(id, `Query  ${other}`))),
    train: fc.array(judged, { maxLength: 4 }),
    dev: fc.array(judged, { maxLength: 2 }),
    test: fc.array(judged, { maxLength: 4 }),
    badIn: fc.option(fc.tuple(fc.constantFrom(...archiveParts), bad), { freq: 4 }),
  })
  .map(({ trainCount, devCount, hasTest, badIn, ...added }) => {
    const sound = (from: number, to: number) => numbered(from, to, (index) => judgement(index, index, 1));
    const folder: Record<keyof Folder, string[] | null> = {
      corpus: [...documents, ...added.documents],
      queries: [...queries, ...added.queries],
      train: ['query-id\tcorpus-id\tscore', ...sound(0, trainCount), ...added.train],
      dev: devCount === null ? null : [...sound(45, 45 + devCount), ...added.dev],
      test: hasTest ? added.test : null,
    };
    if (badIn !== null) folder[badIn[0]]?.push(badIn[1]);
    return folder;
  });

function check(folder: Folder) {
  const checked = new ArchiveCheck({ hasDev: folder.dev !== null });
  for (const part of archiveParts) {
    for (const [index, line] of (folder[part] ?? []).entries()) checked.add(part, Buffer.from(line), index + 1);
  }
  return checked.finish();
}

async function train(folder: Folder, path: string) {
  for (const part of archiveParts) {
    const lines = folder[part];
    if (lines === null) continue;
    const file = join(path, beirPaths[part]);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  }
  return readTrainingData({ path, seed: 1, devQueriesMax: count });
}

it('an archive is refused where training would refuse its folder, and warned of where training leaves something out', async () => {
  let folderCount = 0;
  const seen = { valid: 0, invalid: 0, warned: 0 };
  await fc.assert(
    fc.asyncProperty(folders, async (folder) => {
      const verdict = check(folder);
      const { problems } = await train(folder, join(parent, String(folderCount++)));
      const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
      expect({ kind: verdict.kind, verdict, errors }).toMatchObject({ kind: errors.length > 0 ? 'invalid' : 'valid' });
      seen[verdict.kind] += 1;
      if (verdict.kind === 'invalid') return;
      // That queries are few is advice of the trainer alone, and so is that BM25 finds nothing.
      const leftOut = problems.filter(({ kind }) => !/^(?:few-|query-without-negative)/.test(kind));
      expect({ warnings: verdict.facts.warnings, leftOut }).toSatisfy(
        () => verdict.facts.warnings.length > 0 === leftOut.length > 0,
      );
      if (leftOut.length > 0) seen.warned += 1;
    }),
    { numRuns: 200 },
  );
  // The law says nothing unless all three come up.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
});
