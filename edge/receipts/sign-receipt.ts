import { equalInConstantTime } from '#edge/api-keys/equal-in-constant-time.ts';
import { canonicalJson } from '#shared/canonical-json.ts';

/** Separates this use of the pepper from the hashing of API keys. */
const purpose = 'hintrank receipt 1';

/**
 * HMAC-SHA-256, hex, of a receipt's canonical JSON without its signature, by a key that is made of the pepper for this purpose alone: one secret less to
 * keep. Another pepper makes old receipts invalid, as it makes API keys unknown.
 */
export async function signReceipt(pepper: string, receipt: object): Promise<string> {
  const encoder = new TextEncoder();
  const key = await hmac(encoder.encode(pepper), encoder.encode(purpose));
  const signed = await hmac(key, encoder.encode(canonicalJson(receipt)));
  return Array.from(signed, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether this deployment signed exactly this receipt. */
export async function isSignedReceipt(pepper: string, receipt: Readonly<Record<string, unknown>>): Promise<boolean> {
  const { signature, ...rest } = receipt;
  return typeof signature === 'string' && equalInConstantTime(signature, await signReceipt(pepper, rest));
}

async function hmac(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, new Uint8Array(bytes)));
}
