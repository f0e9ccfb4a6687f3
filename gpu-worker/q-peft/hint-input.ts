import { QuerySimilarities } from '#gpu-worker/q-peft/query-similarities.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';
import { selectAttendedTokens } from '#gpu-worker/q-peft/select-attended-tokens.ts';
import { selectHintTokens, type TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';

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
  const cosines = new QuerySimilarities(rows.gather(query), frozen).of(document);
  return selectHintTokens(cosines, query, document, k, filters);
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
