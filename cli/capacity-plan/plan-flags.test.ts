import { expect, it } from 'vitest';
import { parsePlanFlags, planFlags } from '#cli/capacity-plan/plan-flags.ts';

/** The flags as a command gets them: with defaults. */
function parse(flags: Readonly<Record<string, string>>) {
  const defaults = Object.entries(planFlags).flatMap(([name, flag]) =>
    'default' in flag ? [[name, flag.default]] : [],
  );
  return parsePlanFlags({ ...Object.fromEntries(defaults), ...flags });
}

it('takes the load in documents or in requests, less what the score cache answers', () => {
  const lengths = { 'documents-per-request': '10,30' };
  expect(parse({ ...lengths, 'documents-per-second': '40' }).workload.requestsPerSecond).toBe(2);
  expect(parse({ ...lengths, 'requests-per-second': '2', 'score-cache-rate': '0.25' }).workload).toMatchObject({
    requestsPerSecond: 1.5,
    documentsPerRequest: [10, 30],
  });
});

it.each([
  [{}, 'Name the load: --documents-per-second or --requests-per-second, one of them.'],
  [{ 'documents-per-second': '1', 'requests-per-second': '1' }, 'Name the load'],
  [{ 'documents-per-second': 'many' }, '--documents-per-second must be a number from 0.001 to 10000000, not "many".'],
  [{ 'requests-per-second': '1', 'hit-rate': '80' }, '--hit-rate must be a number from 0 to 1, not "80".'],
  [
    { 'requests-per-second': '1', 'document-tokens': '150,' },
    '--document-tokens must be an integer from 1 to 8192, not "".',
  ],
  [{ 'requests-per-second': '1', 'score-cache-rate': '1' }, '--score-cache-rate 1 leaves nothing to score.'],
  [{ 'requests-per-second': '1', workers: '0' }, '--workers must be an integer from 1 to 10000, not "0".'],
])('refuses %j', (flags, message) => {
  expect(() => parse(flags)).toThrow(message);
});
