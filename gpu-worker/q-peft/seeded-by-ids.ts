/** Uniform numbers in [0, 1): mulberry32 over an FNV-1a hash of the ids, so that the same tokens always draw the same. */
export function seededByIds(ids: readonly number[]): () => number {
  let state = 0x811c9dc5;
  for (const id of ids) state = Math.imul(state ^ id, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
