import { expect, it } from 'vitest';
import { checkInput } from '#edge/playground/ranking/check-input.ts';

it.each([
  ['', 'a', 'query', 'The query is empty.'],
  [' \n', '', 'query', 'The query is empty.'],
  ['x'.repeat(20_000), 'a', 'query', 'The query has 20000 characters; the limit is 16000.'],
  ['q', ' \n', 'documents', 'There are no documents.'],
  ['q', '{"a":1}', 'documents', 'Line 1 is neither a text nor an object with “text”.'],
])('refuses %j with %j', (query, documents, field, message) => {
  expect(checkInput(query, documents)).toEqual({ kind: 'fault', field, message });
});

it('passes on what can be sent, the query as it was typed', () => {
  expect(checkInput(' q ', 'a\nb')).toEqual({ kind: 'ready', query: ' q ', documents: [{ text: 'a' }, { text: 'b' }] });
});
