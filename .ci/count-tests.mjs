// Reads the JSON reports of the test runner and prints their counts, added up, as the last line of .ci/run. Plain JavaScript: it must run when nothing else does.
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @param {{ numPassedTests?: number, numFailedTests?: number, numPendingTests?: number, numTodoTests?: number, testResults?: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {{ passed: number, failed: number, skipped: number }} a test file that could not even be loaded counts as one failed test
 */
export function countTests(report) {
  const {
    numPassedTests: passed = 0,
    numFailedTests = 0,
    numPendingTests = 0,
    numTodoTests = 0,
    testResults = [],
  } = report;
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed, failed: numFailedTests + broken.length, skipped: numPendingTests + numTodoTests };
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  let unread = 0;
  for (const path of process.argv.slice(2)) {
    try {
      const counts = countTests(JSON.parse(readFileSync(path, 'utf8')));
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    } catch (error) {
      unread += 1;
      process.stderr.write(`The tests left no report: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  process.stdout.write(`${formatCounts(total)}\n`);
  process.exitCode = total.failed > 0 || total.passed === 0 || unread > 0 ? 1 : 0;
}
