/**
 * HMAC-SHA-256(pepper, key), hex: what the database holds instead of the key. A stolen table without the pepper proves nothing; a slow hash
 * is not needed, because a key has 160 random bits and no dictionary.
 */
export async function hashApiKey(pepper: string, key: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const pepperKey = await crypto.subtle.importKey('raw', encoder.encode(pepper), algorithm, false, ['sign']);
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', pepperKey, encoder.encode(key)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
