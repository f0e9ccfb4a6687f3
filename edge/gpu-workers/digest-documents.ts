/** Documents whose bytes are in memory at once. */
const togetherMax = 200;

/** SHA-256 of each document's UTF-8 bytes, 32 bytes each, in order. */
export async function digestDocuments(documents: readonly string[]): Promise<Uint8Array[]> {
  const encoder = new TextEncoder();
  const digest = async (document: string) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(document)));
  const digests: Uint8Array[] = [];
  for (let start = 0; start < documents.length; start += togetherMax)
    digests.push(...(await Promise.all(documents.slice(start, start + togetherMax).map(digest))));
  return digests;
}
