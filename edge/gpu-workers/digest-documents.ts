/** SHA-256 of each document's UTF-8 bytes, 32 bytes each, in order. */
export async function digestDocuments(documents: readonly string[]): Promise<Uint8Array[]> {
  const encoder = new TextEncoder();
  return Promise.all(
    documents.map(async (document) => new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(document)))),
  );
}
