import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BrokenArchiveError, unpackBeirArchive } from '#gpu-worker/training-service/process/unpack-beir-archive.ts';
import { writeZip } from '#test/support/write-zip.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-archive-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = {
  'nq/corpus.jsonl': Buffer.from('{"_id":"d","text":"a document"}\n'),
  'nq/queries.jsonl': Buffer.from('{"_id":"q","text":"a query"}\n'),
  'nq/qrels/train.tsv': Buffer.from('q\td\t1\n'),
};

async function unpack(name: string, archive: Uint8Array): Promise<string> {
  const path = join(folder, `${name}.zip`);
  writeFileSync(path, archive);
  await unpackBeirArchive(path, join(folder, name));
  return join(folder, name);
}

it('lays out the files of the data set, and no other', async () => {
  const target = await unpack('whole', writeZip({ ...files, 'nq/README': Buffer.from('x'), 'x.sh': Buffer.from('x') }));
  for (const [path, contents] of Object.entries(files))
    expect(readFileSync(join(target, path.slice('nq/'.length))).equals(contents)).toBe(true);
  expect(['README', 'x.sh', 'qrels/dev.tsv'].filter((path) => existsSync(join(target, path)))).toEqual([]);
});

it.each<[string, () => Uint8Array, RegExp]>([
  ['no archive', () => Buffer.from('lines'), /it cannot be unpacked/],
  ['no queries', () => writeZip({ 'corpus.jsonl': Buffer.from(''), 'qrels/train.tsv': Buffer.from('') }), /no queries/],
  ['a cut', () => writeZip(files).subarray(0, -30), /it cannot be unpacked/],
])('refuses %s', async (name, make, message) => {
  const refused = unpack(name, make());
  await expect(refused).rejects.toThrow(BrokenArchiveError);
  await expect(refused).rejects.toThrow(message);
});
