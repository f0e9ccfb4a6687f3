/** What a ranking is shown beside. */
export type Comparison =
  | { readonly kind: 'none' }
  /** The order of the search that found the documents. */
  | { readonly kind: 'first-stage' }
  | { readonly kind: 'model'; readonly model: string };

/** Value of a choice in the form; a model's name cannot have a colon. */
export function comparisonValue(comparison: Comparison): string {
  return comparison.kind === 'model' ? `model:${comparison.model}` : comparison.kind;
}

export function readComparison(value: string): Comparison {
  if (value.startsWith('model:')) return { kind: 'model', model: value.slice('model:'.length) };
  return { kind: value === 'first-stage' ? 'first-stage' : 'none' };
}
