import { keyInFragment } from '#edge/playground/access/key-in-fragment.ts';

/** Takes the key out of the page's address, so that it is in no link, bookmark or screenshot made from here on. Null: there is none. */
export function takeKey(page: Window): string | null {
  const { location, history } = page;
  const key = keyInFragment(location.hash);
  if (location.hash.startsWith('#key=')) history.replaceState(null, '', location.pathname + location.search);
  return key;
}
