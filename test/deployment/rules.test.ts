import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findTool } from '#infra/tools/tool-paths.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

const folder = join(repositoryFolder, 'infra/monitoring');
const filesOf = (part: string) => readdirSync(join(folder, part)).map((file) => join(folder, part, file));

const promtool = (...flags: string[]) => execFileSync(findTool('promtool'), flags, { encoding: 'utf8', stdio: 'pipe' });
const check = (path: string) => promtool('check', 'rules', '--lint=all', '--lint-fatal', path);

it.each(filesOf('rules'))('promtool takes %s', (path) => {
  expect(check(path)).toMatch(/SUCCESS: \d+ rules found/);
});

it.each(filesOf('rule-tests'))('alerts fire, and do not, as %s says', (path) => {
  expect(promtool('test', 'rules', path)).toMatch(/SUCCESS/);
});

describe('a rule that is changed', () => {
  const copy = mkdtempSync(join(tmpdir(), 'hintrank-rules-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /** A copy of all rules and their cases, with one place of a file of rules replaced. */
  function changed(file: string, right: string, wrong: string): string {
    cpSync(folder, copy, { recursive: true, filter: (path) => !basename(path).endsWith('.ts') });
    const path = join(copy, 'rules', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(right);
    writeFileSync(path, text.replace(right, wrong));
    return path;
  }

  it.each([
    ['an expression that cannot be read', 'faults.yaml', 'expr: up{', 'expr: up{{'],
    ['a field that is misspelt', 'faults.yaml', 'annotations:', 'annotation:'],
    ['a time without a unit', 'objectives.yaml', 'interval: 30s', 'interval: 30'],
  ])('is refused for %s', (_what, file, right, wrong) => {
    expect(() => check(changed(file, right, wrong))).toThrow();
  });

  it.each([
    ['a worker that is lost', 'faults.yaml', '== 0', '== 2'],
    ['a longer wait', 'faults.yaml', 'for: 2m', 'for: 2h'],
    ['calls that fail', 'objectives.yaml', '> 14.4 * 0.001 and', '> 144 * 0.001 and'],
  ])('is seen by its cases: %s', (_what, file, right, wrong) => {
    expect(check(changed(file, right, wrong))).toContain('SUCCESS');
    expect(() => promtool('test', 'rules', join(copy, 'rule-tests', file))).toThrow(/FAILED|Command failed/);
  });
});
