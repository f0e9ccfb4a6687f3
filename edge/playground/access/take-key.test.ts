import { expect, it } from 'vitest';
import { takeKey } from '#edge/playground/access/take-key.ts';

/** An address bar that changes as a browser's does, and where it went. */
function addressBar(hash: string, hostname: string) {
  const location = { hash, hostname, pathname: '/', search: '?a=1' };
  const replaced: string[] = [];
  const replaceState = (_state: null, _unused: string, address: string) => {
    location.hash = '';
    replaced.push(address);
  };
  return { bar: { location, history: { replaceState } }, replaced };
}

it.each(['127.0.0.1', 'localhost', '[::1]'])('takes the key out of an address of %s', (hostname) => {
  const { bar, replaced } = addressBar('#key=hr_abc', hostname);
  expect(takeKey(bar)).toBe('hr_abc');
  expect(replaced).toEqual(['/?a=1']);
});

it.each(['rerank.example', '127.0.0.1.example', ''])(
  'takes none from a link to %s, but out of the address',
  (hostname) => {
    const { bar, replaced } = addressBar('#key=hr_abc', hostname);
    expect(takeKey(bar)).toBeNull();
    expect(replaced).toEqual(['/?a=1']);
  },
);

it('leaves other addresses alone', () => {
  const { bar, replaced } = addressBar('#training', 'localhost');
  expect(takeKey(bar)).toBeNull();
  expect(replaced).toEqual([]);
});
