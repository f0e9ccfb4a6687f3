import { cosineSimilarity } from '#gpu-worker/q-peft/cosine-similarity.ts';
import { selectAttendedTokens } from '#gpu-worker/q-peft/select-attended-tokens.ts';
import { selectHintTokens, type TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';
import type { HintTokens } from '#gpu-worker/scoring/hint-maker.ts';
import type { RowSource } from '#gpu-worker/training/optimiser/trained-rows.ts';

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

/** Q-PEFT-R: the tokens that the rows of E' select now. The selection has no gradient. */
export function retrieveInput(
  tokens: HintTokens,
  k: number,
  rows: RowSource,
  frozen: RowSource & { readonly width: number },
  filters: TokenFilters,
): HintInput {
  const cosines = cosineSimilarity(rows.gather(tokens.query), frozen.gather(tokens.document), frozen.width);
  return blockInput(tokens, selectHintTokens(cosines, tokens.query, tokens.document, k, filters));
}

/** A hint block of given tokens: the ablation with random ones. */
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
