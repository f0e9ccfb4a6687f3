import { keyInFragment } from '#edge/playground/access/key-in-fragment.ts';

/** What of a window is needed: its address, and the entry of it in the tab's history. */
export interface AddressBar {
  readonly location: {
    readonly hash: string;
    readonly hostname: string;
    readonly pathname: string;
    readonly search: string;
  };
  readonly history: { replaceState(state: null, unused: string, address: string): void };
}

/** Hosts whose addresses nobody else can be sent to. */
const localHosts = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Takes the key out of the page's address, so that it is in no link, bookmark or screenshot made from here on. Null: there is none, or the page is
 * not of this machine: a link from somebody else could make a visitor work with the sender's key.
 */
export function takeKey({ location, history }: AddressBar): string | null {
  const { hash, hostname, pathname, search } = location;
  if (hash.startsWith('#key=')) history.replaceState(null, '', pathname + search);
  return localHosts.includes(hostname) ? keyInFragment(hash) : null;
}
