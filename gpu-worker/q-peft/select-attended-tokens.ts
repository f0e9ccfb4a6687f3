import type { TokenFilters } from '#gpu-worker/q-peft/select-hint-tokens.ts';

/**
 * Q-PEFT-A: the document tokens that are keys. Masked ones (special tokens, and with filter q the query's) are left out: softmax over the rest is
 * the same. All of them when none is left.
 */
export function selectAttendedTokens(
  queryIds: readonly number[],
  documentIds: readonly number[],
  tokens: Pick<TokenFilters, 'filters' | 'specialIds'>,
): readonly number[] {
  return attendedPositions(queryIds, documentIds, tokens).map((position) => documentIds[position] ?? 0);
}

/** The same as places in the document. */
export function attendedPositions(
  queryIds: readonly number[],
  documentIds: readonly number[],
  { filters, specialIds }: Pick<TokenFilters, 'filters' | 'specialIds'>,
): number[] {
  const inQuery = filters.includes('q') && filters !== 'none' ? new Set(queryIds) : null;
  const positions = [...documentIds.keys()];
  const kept = positions.filter((position) => {
    const id = documentIds[position] ?? 0;
    return !specialIds.has(id) && !inQuery?.has(id);
  });
  return kept.length > 0 ? kept : positions;
}
