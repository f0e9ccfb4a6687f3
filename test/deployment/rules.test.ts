import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findTool } from '#infra/tools/tool-paths.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

const folder = join(repositoryFolder, 'infra/monitoring');
const filesOf = (part: string) => readdirSync(join(folder, part)).map((file) => join(folder, part, file));

const promtool = (...flags: string[]) => execFileSync(findTool('promtool'), flags, { encoding: 'utf8', stdio: 'pipe' });

it.each(filesOf('rules'))('promtool takes %s', (path) => {
  expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', path)).toMatch(/SUCCESS: \d+ rules found/);
});

it.each(filesOf('rule-tests'))('alerts fire, and do not, as %s says', (path) => {
  expect(promtool('test', 'rules', path)).toMatch(/SUCCESS/);
});
