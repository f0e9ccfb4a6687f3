import { expect, it } from 'vitest';
import { readRunReport } from '#test/api-contract/read-run-report.ts';

const report = {
  complete: true,
  operations: { total: 30, tested: 30 },
  test_cases: { generated: 2_100, with_failures: 0, without_checks: 50 },
  valid_rates: {
    'GET /v1/datasets/{id}': { coverage: { accepted: 0 }, fuzzing: { accepted: 3 } },
    'PUT /v1/adapters/{name}': { fuzzing: { accepted: 0 } },
  },
};

it('is content with a complete run of enough requests', () => {
  expect(readRunReport(report)).toEqual({
    summary: 'API contract: 30 operations, 2050 checked requests, 0 failed.',
    problems: [],
  });
});

it.each<[object, string]>([
  [{ complete: false }, 'the run ended before it was complete'],
  [{ operations: { total: 30, tested: 29 } }, '29 of 30 operations were tried'],
  [{ test_cases: { ...report.test_cases, without_checks: 101 } }, '1999 requests were checked, at least 2000 must be'],
  [{ test_cases: { ...report.test_cases, with_failures: 1 } }, '1 requests failed a check'],
  [
    { valid_rates: { 'GET /v1/training-jobs': { fuzzing: { accepted: 0 } } } },
    'no valid request succeeded for GET /v1/training-jobs',
  ],
])('finds fault with %j', (change, problem) => {
  expect(readRunReport({ ...report, ...change }).problems).toEqual([problem]);
});
