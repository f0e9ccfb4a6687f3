import { describe, expect, it } from 'vitest';
import { countTests, formatCounts } from '../../.ci/count-tests.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

describe('the last line of .ci/run', () => {
  it('has the counts of the runner, skipped tests only where there are some', () => {
    const report = { numPassedTests: 4, numFailedTests: 1, testResults: [file('failed', 'failed', 'passed')] };
    expect(formatCounts(countTests(report))).toBe('4 passed, 1 failed');
    expect(formatCounts(countTests({ numPassedTests: 4, numPendingTests: 2, numTodoTests: 1 }))).toBe(
      '4 passed, 0 failed, 3 skipped',
    );
  });

  it('counts a test file that could not be loaded as a failure', () => {
    const report = { numPassedTests: 4, numFailedTests: 0, testResults: [file('passed', 'passed'), file('failed')] };
    expect(formatCounts(countTests(report))).toBe('4 passed, 1 failed');
  });

  it('says 0 passed when there was no report to read', () => {
    expect(formatCounts(countTests({}))).toBe('0 passed, 0 failed');
  });
});
