import { equalInConstantTime } from '#edge/api-keys/equal-in-constant-time.ts';
import type { Peppers } from '#shared/api-keys/parse-peppers.ts';
import { canonicalJson } from '#shared/canonical-json.ts';

/** Separates this use of the pepper from the hashing of API keys. */
const purpose = 'hintrank receipt 1';

/**
 * HMAC-SHA-256, hex, of a receipt's canonical JSON without its signature, by a key that is made of the pepper for this purpose alone: one secret less to
 * keep. A pepper that is taken away makes its receipts invalid, as it makes the API keys unknown that are under it.
 */
export async function signReceipt(pepper: string, receipt: object): Promise<string> {
  const encoder = new TextEncoder();
  const key = await hmac(encoder.encode(pepper), encoder.encode(purpose));
  const signed = await hmac(key, encoder.encode(canonicalJson(receipt)));
  return Array.from(signed, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether this deployment signed exactly this receipt, under any of its peppers. */
export async function isSignedReceipt(peppers: Peppers, receipt: Readonly<Record<string, unknown>>): Promise<boolean> {
  const { signature, ...rest } = receipt;
  if (typeof signature !== 'string') return false;
  const own = await Promise.all([peppers.current, ...peppers.others].map((pepper) => signReceipt(pepper, rest)));
  return own.some((expected) => equalInConstantTime(signature, expected));
}

async function hmac(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new Uint8Array(bytes)));
}
