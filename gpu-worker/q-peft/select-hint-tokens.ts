/** What selection knows about tokens besides their vectors. */
export interface TokenFilters {
  /** Letters of method.md section 3: d repeated ids, q ids of the query, s stop words, a ids without a letter. */
  readonly filters: string;
  readonly specialIds: ReadonlySet<number>;
  readonly isStopWord: (id: number) => boolean;
  readonly hasLetter: (id: number) => boolean;
}

/** Cells that are looked at, best first (authors' code). */
const candidateCellsMax = 1_000;

/** Cosines are compared after rounding to this step: tokens that query and document share have cosine 1 up to float noise, which must not decide. */
const cosineStep = 1e-6;

/**
 * Q-PEFT-R, steps 1 to 4 (paper section 3.2; method.md sections 3 and 7). Cells of the cosine matrix in descending order (ties: flat
 * index |d|·i + j, so hints come in the query's order), mapped to document token ids, filtered; the first `k` are the hints. Fewer than
 * `k` left: `k` draws with replacement, seeded by the pair itself; none left: the unfiltered list.
 *
 * @param cosines float64 [|q|, |d|], row-major; sigmoid is monotone and left out
 */
export function selectHintTokens(
  cosines: Float64Array,
  queryIds: readonly number[],
  documentIds: readonly number[],
  k: number,
  tokens: TokenFilters,
): number[] {
  const ranked = rankDocumentTokens(cosines, documentIds);
  const allowed = allowedHintTokens(ranked, queryIds, tokens);
  if (allowed.length === 0) return ranked.slice(0, k);
  if (allowed.length >= k) return allowed.slice(0, k);
  const random = seededRandom([...queryIds, -1, ...documentIds]);
  return Array.from({ length: k }, () => allowed[Math.floor(random() * allowed.length)] ?? allowed[0] ?? 0);
}

/** Document token ids of the best cells, best first; an id stands as often as it has cells. */
export function rankDocumentTokens(cosines: Float64Array, documentIds: readonly number[]): number[] {
  const rounded = cosines.map((cosine) => Math.round(cosine / cosineStep));
  const order = Array.from(rounded.keys()).sort((a, b) => (rounded[b] ?? 0) - (rounded[a] ?? 0) || a - b);
  return order.slice(0, candidateCellsMax).map((cell) => documentIds[cell % documentIds.length] ?? 0);
}

/** The filters, in their order: d, q, s, a; special tokens are dropped always. */
export function allowedHintTokens(
  ranked: readonly number[],
  queryIds: readonly number[],
  tokens: TokenFilters,
): number[] {
  const has = (letter: string) => tokens.filters !== 'none' && tokens.filters.includes(letter);
  const inQuery = new Set(queryIds);
  const unique = has('d') ? [...new Set(ranked)] : [...ranked];
  return unique.filter(
    (id) =>
      !(has('q') && inQuery.has(id)) &&
      !(has('s') && tokens.isStopWord(id)) &&
      !(has('a') && !tokens.hasLetter(id)) &&
      !tokens.specialIds.has(id),
  );
}

/** mulberry32 over an FNV-1a hash of the ids: the same pair always draws the same hints. */
function seededRandom(ids: readonly number[]): () => number {
  let state = 0x811c9dc5;
  for (const id of ids) state = Math.imul(state ^ id, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
