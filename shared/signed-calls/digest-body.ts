/** SHA-256 of the bytes, lower-case hex (64 characters). */
export async function digestBody(body: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(body)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
