import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryFolder } from '#test/support/source-files.ts';

let folder = '';

/** A folder with the real .ci and an `npm` whose steps end as the environment says: the script is tested, not the suite inside the suite. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-ci-'));
  await cp(join(repositoryFolder, '.ci'), join(folder, '.ci'), { recursive: true });
  await mkdir(join(folder, 'bin'));
  const npm = `#!/usr/bin/env bash
cat > /dev/null # would wait for ever on the open pipe of this test if .ci/run passed its input on
case "$1" in
  ci) exit "\${CI_EXIT:-0}" ;;
  run)
    [ "$2" = --silent ] && shift
    case "$2" in
      check) exit "\${CHECK_EXIT:-0}" ;;
      tools) exit "\${TOOLS_EXIT:-0}" ;;
      test:s3) [ -n "\${S3:-}" ] && printf '%s' "$S3" > .hintrank/ci/s3.json; exit "\${S3_EXIT:-0}" ;;
      test:contract) exit "\${CONTRACT_EXIT:-0}" ;;
      test:deployment) [ -n "\${DEPLOYMENT:-}" ] && printf '%s' "$DEPLOYMENT" > .hintrank/ci/deployment.json; exit "\${DEPLOYMENT_EXIT:-0}" ;;
      audit) exit "\${AUDIT_EXIT:-0}" ;;
      licences) exit "\${LICENCES_EXIT:-0}" ;;
    esac ;;
  test) [ -n "\${REPORT:-}" ] && printf '%s' "$REPORT" > .hintrank/ci/tests.json; exit "\${TEST_EXIT:-0}" ;;
esac
exit 98
`;
  await writeFile(join(folder, 'bin', 'npm'), npm);
  await chmod(join(folder, 'bin', 'npm'), 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

async function runCi(
  variables: Record<string, string>,
): Promise<{ exitCode: number; lastLine: string; output: string }> {
  const path = [join(folder, 'bin'), process.env['PATH']].join(delimiter);
  const environment = { PATH: path, DEPLOYMENT: deployment, S3: s3, ...variables };
  return new Promise((resolve) => {
    execFile(join(folder, '.ci', 'run'), { env: environment, cwd: tmpdir() }, (error, stdout) => {
      const exitCode = error === null ? 0 : Number(error.code);
      resolve({ exitCode, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '', output: stdout });
    });
  });
}

const passing = JSON.stringify({ numPassedTests: 12, numFailedTests: 0, testResults: [] });
const deployment = JSON.stringify({ numPassedTests: 3, numFailedTests: 0, testResults: [] });
const s3 = JSON.stringify({ numPassedTests: 5, numFailedTests: 0, testResults: [] });
const failing = JSON.stringify({ numPassedTests: 11, numFailedTests: 1, testResults: [] });

describe('.ci/run', () => {
  it('ends with the count and 0 when every step succeeded', async () => {
    expect(await runCi({ REPORT: passing })).toMatchObject({ exitCode: 0, lastLine: '20 passed, 0 failed' });
  });

  it.each([
    ['a failed test', { REPORT: failing, TEST_EXIT: '1' }, '19 passed, 1 failed', 'test'],
    ['a failed check, and still tests', { REPORT: passing, CHECK_EXIT: '1' }, '20 passed, 0 failed', 'check'],
    ['an error outside of any test', { REPORT: passing, TEST_EXIT: '1' }, '20 passed, 0 failed', 'test'],
    ['a failed install', { REPORT: passing, CI_EXIT: '1' }, '0 passed, 0 failed', 'install'],
    ['a crashed runner without a report', { TEST_EXIT: '134' }, '8 passed, 0 failed', 'test'],
    ['a tool that cannot be had', { REPORT: passing, TOOLS_EXIT: '1' }, '20 passed, 0 failed', 'tools'],
    [
      'a broken manifest',
      { REPORT: passing, DEPLOYMENT: failing, DEPLOYMENT_EXIT: '1' },
      '28 passed, 1 failed',
      'deployment',
    ],
    ['a test on a real S3 server', { REPORT: passing, S3: failing, S3_EXIT: '1' }, '26 passed, 1 failed', 's3'],
    ['an answer against the API contract', { REPORT: passing, CONTRACT_EXIT: '1' }, '20 passed, 0 failed', 'contract'],
    ['an advisory', { REPORT: passing, AUDIT_EXIT: '1' }, '20 passed, 0 failed', 'audit'],
    ['a licence', { REPORT: passing, LICENCES_EXIT: '1' }, '20 passed, 0 failed', 'licences'],
  ])('is red for %s', async (_case, variables, lastLine, step) => {
    const result = await runCi(variables);
    expect(result).toMatchObject({ exitCode: 1, lastLine });
    expect(result.output).toContain(`Failed: ${step}`);
  });

  it('is red when the checks of what is deployed left no report, whatever they say', async () => {
    expect(await runCi({ REPORT: passing, DEPLOYMENT: '' })).toMatchObject({
      exitCode: 1,
      lastLine: '17 passed, 0 failed',
    });
  });

  it('is red when no test ran, whatever the runner says', async () => {
    const empty = JSON.stringify({ numPassedTests: 0, numFailedTests: 0, testResults: [] });
    expect(await runCi({ REPORT: empty, DEPLOYMENT: empty, S3: empty })).toMatchObject({
      exitCode: 1,
      lastLine: '0 passed, 0 failed',
    });
  });
});
