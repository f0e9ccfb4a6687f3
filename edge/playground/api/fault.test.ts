import { expect, it } from 'vitest';
import { describeFault } from '#edge/playground/api/fault.ts';

const body = (code: string) => ({
  message: 'The words.',
  id: 'r',
  detail: 'The words.',
  error: { message: 'The words.', type: 't', param: null, code },
});

it.each([
  [401, 'unauthenticated', 'The key was not accepted'],
  [403, 'missing_scope', 'The key may not do this'],
  [503, 'no_worker_available', 'No worker answers'],
  [400, 'invalid_request', 'The request was not taken'],
  [500, 'internal', 'The service failed'],
])('tells %i %s apart, with the words of the API', (status, code, title) => {
  expect(describeFault(status, body(code))).toMatchObject({ title, message: 'The words.' });
});

it('does not show what is not of the API', () => {
  const fault = describeFault(502, '<h1>Bad gateway</h1>');
  expect(fault.title).toBe('Status 502');
  expect(JSON.stringify(fault)).not.toContain('<h1>');
});
