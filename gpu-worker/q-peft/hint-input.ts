import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';
import { selectAttendedTokens } from '#gpu-worker/q-peft/select-attended-tokens.ts';
import { selectHintCells, type TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';

/** What hints are made from: the template's tokens around them, the query's and the document's. */
export interface HintTokens {
  readonly open: readonly number[];
  readonly close: readonly number[];
  readonly query: readonly number[];
  readonly document: readonly number[];
}

/** Which rows the hint graph reads for one pair, as token ids. All are rows of E' but `keys`, which are frozen. */
export type HintInput =
  | { readonly method: 'retrieve'; readonly block: readonly number[] }
  | {
      readonly method: 'attend';
      readonly query: readonly number[];
      readonly keys: readonly number[];
      readonly open: readonly number[];
      readonly close: readonly number[];
      /** Dropout: the factor of each attention weight [heads, q, n], 0 or 1 / (1 − rate); null without dropout. */
      readonly kept: Float32Array | null;
    };

/** Q-PEFT-R: the k document tokens that the rows of E' select. The selection has no gradient. */
export function similarTokens(
  { query, document }: Pick<HintTokens, 'query' | 'document'>,
  k: number,
  rows: RowSource,
  frozen: RowSource & { readonly width: number },
  filters: TokenFilters,
): number[] {
  const { cells } = similarCells({ query, document }, k, rows, frozen, filters);
  return cells.map((cell) => document[cell % document.length] ?? 0);
}

/** The same with what it was decided by: cosines float64 [|q|, |d|], and the cells of the hints as `selectHintCells` has them. */
export function similarCells(
  { query, document }: Pick<HintTokens, 'query' | 'document'>,
  k: number,
  rows: RowSource,
  frozen: RowSource & { readonly width: number },
  filters: TokenFilters,
): { readonly cosines: Float64Array; readonly cells: readonly number[] } {
  const different = [...new Set(document)];
  const columns = cosineSimilarity(rows.gather(query), frozen.gather(different), frozen.width);
  const cosines = repeatColumns(columns, different, document);
  return { cosines, cells: selectHintCells(cosines, query, document, k, filters) };
}

/** [rows, different ids] → [rows, all ids]: a third of a passage's tokens stand in it already. */
function repeatColumns(cosines: Float64Array, different: readonly number[], ids: readonly number[]): Float64Array {
  if (different.length === ids.length) return cosines;
  const columns = new Map(different.map((id, column) => [id, column]));
  const columnOf = Int32Array.from(ids, (id) => columns.get(id) ?? 0);
  const repeated = new Float64Array((cosines.length / different.length) * ids.length);
  for (let cell = 0; cell < repeated.length; cell += 1) {
    const row = Math.floor(cell / ids.length);
    repeated[cell] = cosines[row * different.length + (columnOf[cell % ids.length] ?? 0)] ?? 0;
  }
  return repeated;
}

/** Q-PEFT-R: a hint block of given tokens. */
export function blockInput(tokens: HintTokens, hintIds: readonly number[]): HintInput {
  return { method: 'retrieve', block: [...tokens.open, ...hintIds, ...tokens.close] };
}

/** Q-PEFT-A. @param kept see `HintInput`, made for the number of keys that this function selects */
export function attendInput(
  tokens: HintTokens,
  filters: Pick<TokenFilters, 'filters' | 'specialIds'>,
  kept: ((keys: number) => Float32Array) | null,
): HintInput {
  const { open, close, query, document } = tokens;
  const keys = selectAttendedTokens(query, document, filters);
  return { method: 'attend', query, keys, open, close, kept: kept === null ? null : kept(keys.length) };
}
