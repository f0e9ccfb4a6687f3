import { expect, it } from 'vitest';
import { keyInFragment } from '#edge/playground/access/key-in-fragment.ts';

it.each([
  ['#key=hr_abc', 'hr_abc'],
  ['#key=hr%5Fabc', 'hr_abc'],
  ['#key=', null],
  ['#key=%20', null],
  ['#key=%E0%A4%A', null],
  ['#training', null],
  ['#akey=hr_abc', null],
  ['', null],
])('reads %s as %s', (hash, key) => {
  expect(keyInFragment(hash)).toBe(key);
});
