import { base64url } from 'jose';
import { signCall } from '#shared/signed-calls/sign-call.ts';

/** Throws unless every worker takes calls under the new key (base64url) and refuses those under the old one. */
export async function expectOnlyNewKey(
  workers: readonly string[],
  { oldKey, newKey }: { readonly oldKey: string; readonly newKey: string },
): Promise<void> {
  for (const url of workers) {
    const statuses = [await askUnder(newKey, url), await askUnder(oldKey, url)];
    if (statuses.join() !== '200,401') {
      throw new Error(`a worker answered ${statuses[0]} under the new key and ${statuses[1]} under the old one`);
    }
  }
}

async function askUnder(key: string, url: string): Promise<number> {
  const call = { method: 'GET', path: '/info', body: new Uint8Array(0), nowMs: Date.now() };
  const token = await signCall({ key: base64url.decode(key), ...call });
  return (await fetch(`${url}/info`, { headers: { Authorization: `Bearer ${token}` } })).status;
}
