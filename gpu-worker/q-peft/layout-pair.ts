import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';

/** A stretch of the input sequence: token ids, embedded by the frozen table, or embeddings float32 [n, D] themselves (hints, a soft prompt). */
export type SequencePart = { readonly ids: readonly number[] } | { readonly rows: Float32Array };

/** What the adapter puts into the sequence; nulls for the base model. */
export interface AdapterParts {
  /** The hint block [h, D], opened and closed. */
  readonly hints: Float32Array | null;
  readonly hintLocation: 'suffix' | 'prefix';
  /** Replaces the instruction [n, D]. */
  readonly softPrompt: Float32Array | null;
}

export const noAdapterParts: AdapterParts = { hints: null, hintLocation: 'suffix', softPrompt: null };

/** Everything in front of the hint block (or of the cue): with hints in the suffix it depends on the document alone, so its K/V are computed once. */
export function layoutPrefix(
  template: TokenTemplate,
  documentIds: readonly number[],
  adapter: AdapterParts,
): SequencePart[] {
  return [
    { ids: template.start },
    adapter.softPrompt === null ? { ids: template.instruction } : { rows: adapter.softPrompt },
    ...hintPart(adapter, 'prefix'),
    { ids: template.passageOpen },
    { ids: [...documentIds, ...template.documentClose] },
  ];
}

/** Token ids of a prefix: those that the template puts in front of every document, and the document's own. */
export interface PrefixIds {
  readonly shared: readonly number[];
  readonly own: readonly number[];
}

/** A prefix as `layoutPrefix` makes it; null where rows of an adapter are part of it. */
export function prefixIds(prefix: readonly SequencePart[]): PrefixIds | null {
  const ids: (readonly number[])[] = [];
  for (const part of prefix) {
    if (!('ids' in part)) return null;
    ids.push(part.ids);
  }
  return { shared: ids.slice(0, -1).flat(), own: ids.at(-1) ?? [] };
}

/** Hint block, cue and all targets but the last: row `length − targets` and on predict the targets. */
export function layoutSuffix(
  template: TokenTemplate,
  targetIds: readonly number[],
  adapter: AdapterParts,
): SequencePart[] {
  return [...hintPart(adapter, 'suffix'), { ids: [...template.cue, ...targetIds.slice(0, -1)] }];
}

/** The tokens that are scored: the query's, and the sequence tokens that the template counts. */
export function targetsOf(template: TokenTemplate, queryIds: readonly number[]): number[] {
  return [...template.targetStart, ...queryIds, ...template.targetEnd];
}

/** Tokens of a pair's sequence without document and query: with a hint block of `hintRows` rows. */
export function fixedLength(template: TokenTemplate, hintRows: number, softPromptRows: number | null): number {
  return (
    template.start.length +
    (softPromptRows ?? template.instruction.length) +
    template.passageOpen.length +
    template.documentClose.length +
    hintRows +
    template.cue.length +
    template.targetStart.length +
    template.targetEnd.length
  );
}

function hintPart(adapter: AdapterParts, location: 'suffix' | 'prefix'): SequencePart[] {
  return adapter.hints !== null && adapter.hintLocation === location ? [{ rows: adapter.hints }] : [];
}
