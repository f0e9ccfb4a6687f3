import { seededByIds } from '#gpu-worker/q-peft/seeded-by-ids.ts';
import type { HintOrder } from '#shared/adapter-file/adapter-config.ts';

/** What selection knows about tokens besides their vectors. */
export interface TokenFilters {
  /** Letters of method.md section 3: d repeated ids, q ids of the query, s stop words, a ids without a letter. */
  readonly filters: string;
  readonly specialIds: ReadonlySet<number>;
  readonly isStopWord: (id: number) => boolean;
  readonly hasLetter: (id: number) => boolean;
  /** How the selected tokens stand in the block; absent: by similarity. */
  readonly order?: HintOrder | undefined;
}

/** Cells that are looked at, best first (authors' code). */
const candidateCellsMax = 1_000;

/** Cosines are compared after rounding to this step: tokens that query and document share have cosine 1 up to float noise, which must not decide. */
const cosineStep = 1e-6;

/** More cells than any pair has. */
const cellsBound = 2 ** 32;

/**
 * Q-PEFT-R, steps 1 to 4 (paper section 3.2; method.md sections 3 and 7). Cells of the cosine matrix in descending order (ties: flat
 * index |d|·i + j, so hints come in the query's order), mapped to document token ids, filtered; the first `k` are the hints. Fewer than
 * `k` left: `k` draws with replacement, seeded by the pair itself; none left: the unfiltered list. Last, the hints are put in `tokens.order`.
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
  return idsOf(selectHintCells(cosines, queryIds, documentIds, k, tokens), documentIds);
}

/** The same as cells of the matrix, flat indices |d|·i + j: hint token j of the document was found by token i of the query. */
export function selectHintCells(
  cosines: Float64Array,
  queryIds: readonly number[],
  documentIds: readonly number[],
  k: number,
  tokens: TokenFilters,
): number[] {
  const ranking = rankCells(cosines);
  const idAt = (place: number) => documentIds[cellAt(ranking, place) % documentIds.length] ?? 0;
  const places = allowedPlaces(ranking.length, idAt, queryIds, tokens, k);
  const taken = takePlaces(ranking.length, places, k, queryIds, documentIds);
  return orderCells(
    taken.map((place) => cellAt(ranking, place)),
    tokens.order,
    documentIds,
  );
}

/** Document token ids of the best cells, best first; an id stands as often as it has cells. */
export function rankDocumentTokens(cosines: Float64Array, documentIds: readonly number[]): number[] {
  const ranking = rankCells(cosines);
  return idsOf(
    Array.from(ranking, (_, place) => cellAt(ranking, place)),
    documentIds,
  );
}

/** The filters, in their order: d, q, s, a; special tokens are dropped always. */
export function allowedHintTokens(
  ranked: readonly number[],
  queryIds: readonly number[],
  tokens: TokenFilters,
): number[] {
  const idAt = (place: number) => ranked[place] ?? 0;
  return allowedPlaces(ranked.length, idAt, queryIds, tokens, ranked.length).map(idAt);
}

/**
 * The best cells, best first, as numbers of steps and flat index, exact below 2^53: numbers by themselves are sorted without a call for each comparison.
 * `cellAt` reads the index.
 */
function rankCells(cosines: Float64Array): Float64Array {
  const keys = new Float64Array(cosines.length);
  for (let cell = 0; cell < keys.length; cell += 1)
    keys[cell] = cell - Math.round((cosines[cell] ?? 0) / cosineStep) * cellsBound;
  return keys.sort().subarray(0, candidateCellsMax);
}

/** Flat index |d|·i + j. */
function cellAt(ranking: Float64Array, place: number): number {
  const key = ranking[place] ?? 0;
  return key - Math.floor(key / cellsBound) * cellsBound;
}

function idsOf(cells: readonly number[], documentIds: readonly number[]): number[] {
  return cells.map((cell) => documentIds[cell % documentIds.length] ?? 0);
}

/** The first `count` places of a ranking that the filters leave, or all of them where there are fewer. */
function allowedPlaces(
  places: number,
  idAt: (place: number) => number,
  queryIds: readonly number[],
  tokens: TokenFilters,
  count: number,
): number[] {
  const has = (letter: string) => tokens.filters !== 'none' && tokens.filters.includes(letter);
  const [distinct, notInQuery, noStopWord, withLetter] = [has('d'), has('q'), has('s'), has('a')];
  const inQuery = new Set(queryIds);
  const seen = new Set<number>();
  const allowed: number[] = [];
  for (let place = 0; place < places && allowed.length < count; place += 1) {
    const id = idAt(place);
    const repeated = seen.has(id);
    seen.add(id);
    const dropped =
      (distinct && repeated) ||
      (notInQuery && inQuery.has(id)) ||
      (noStopWord && tokens.isStopWord(id)) ||
      (withLetter && !tokens.hasLetter(id)) ||
      tokens.specialIds.has(id);
    if (!dropped) allowed.push(place);
  }
  return allowed;
}

/** @param allowed the first k of the places that the filters leave */
function takePlaces(
  places: number,
  allowed: readonly number[],
  k: number,
  queryIds: readonly number[],
  documentIds: readonly number[],
): readonly number[] {
  if (allowed.length === 0) return Array.from({ length: Math.min(k, places) }, (_, place) => place);
  if (allowed.length >= k) return allowed;
  const random = seededByIds([...queryIds, -1, ...documentIds]);
  return Array.from({ length: k }, () => allowed[Math.floor(random() * allowed.length)] ?? allowed[0] ?? 0);
}

/** By the place in the query or in the document at which a hint's similarity was found; equal places keep the order of similarity. */
function orderCells(cells: number[], order: HintOrder = 'similarity', documentIds: readonly number[]): number[] {
  const width = documentIds.length;
  if (order === 'query') return cells.toSorted((a, b) => Math.floor(a / width) - Math.floor(b / width));
  if (order === 'document') return cells.toSorted((a, b) => (a % width) - (b % width));
  return cells;
}
