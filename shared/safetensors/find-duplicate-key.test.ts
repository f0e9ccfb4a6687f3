import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findDuplicateKey } from '#shared/safetensors/find-duplicate-key.ts';

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":1,"b":1}}', 'b'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['[{"x":1},{"x":1,"y":[{"z":0 , "z"\n: 1}]}]', 'z'],
  ['{"a":"b","b":"a"}', null],
  ['{"a":["a","a"],"c":{"a":"\\"a\\":"}}', null],
])('%s: %s', (json, key) => {
  expect(findDuplicateKey(json)).toBe(key);
});

test('finds none in what JSON.stringify writes', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => findDuplicateKey(JSON.stringify(value)) === null));
});
