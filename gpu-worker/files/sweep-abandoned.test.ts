import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sweepAbandoned } from '#gpu-worker/files/sweep-abandoned.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-sweep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('removes files and folders that nobody has written to for an hour, and nothing that is not named so', () => {
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const name of ['old.tmp', 'new.tmp', 'old.kv']) writeFileSync(join(folder, name), 'x');
  mkdirSync(join(folder, 'old folder.tmp'));
  writeFileSync(join(folder, 'old folder.tmp', 'part'), 'x');
  for (const name of ['old.tmp', 'old.kv', 'old folder.tmp']) utimesSync(join(folder, name), old, old);
  sweepAbandoned(folder, (name) => name.endsWith('.tmp'));
  expect(readdirSync(folder).toSorted()).toEqual(['new.tmp', 'old.kv']);
});
