/**
 * Rendezvous hashing: the workers in the order in which they want a document, best first.
 *
 * Every edge computes the same order from the document alone, so a document's prefix cache lives on one worker; when a worker goes, only its own
 * documents move, each to its second choice, and when it comes back they return.
 * `digest` — SHA-256 of the document. Workers are base URLs, without repeats.
 */
export function rankWorkers(workers: readonly string[], digest: Uint8Array): string[] {
  return workers
    .map((worker) => ({ worker, weight: weigh(worker, digest) }))
    .sort((left, right) => right.weight - left.weight || (left.worker < right.worker ? -1 : 1))
    .map(({ worker }) => worker);
}

/** A pseudo-random 32-bit number of the pair. The digest is already uniform, so its first eight bytes are enough. */
function weigh(worker: string, digest: Uint8Array): number {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  return mix(mix(hashText(worker) ^ view.getUint32(0)) ^ view.getUint32(4));
}

/** FNV-1a over UTF-16 units: quick, and only has to tell a handful of URLs apart. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** The finaliser of MurmurHash3 (public domain): every input bit flips half of the output bits. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
