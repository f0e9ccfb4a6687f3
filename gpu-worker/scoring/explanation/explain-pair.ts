import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import type { HintSource, HintTrace } from '#gpu-worker/scoring/explanation/trace-hints.ts';
import { type TokenSpan, tokenSpans } from '#gpu-worker/tokenizer/token-spans.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';

/** What stands behind the score of a pair. */
export interface PairExplanation {
  /** The scored tokens in the order of `targetLogLikelihoods`; those that the template adds have no place in the query. */
  readonly tokens: readonly TokenSpan[];
  /** Absent without an adapter, and for soft prompts. */
  readonly hints?: {
    readonly method: HintTrace['method'];
    /** With their text; `position` counts from the start of the whole document. */
    readonly tokens: readonly (HintSource & TokenSpan)[];
  };
}

export interface PairToExplain {
  readonly template: TokenTemplate;
  readonly query: string;
  readonly queryIds: readonly number[];
  readonly document: string;
  /** Of the whole document. */
  readonly documentIds: readonly number[];
  /** Of these, the first that was scored. */
  readonly firstToken: number;
  readonly trace: HintTrace | null;
}

/** Tokens and hints of a scored pair as texts and places in the query and the document. */
export function explainPair(tokenizer: Tokenizer, pair: PairToExplain): PairExplanation {
  const { template, query, queryIds, trace } = pair;
  const { textPrefix } = template;
  const added = (ids: readonly number[]) =>
    ids.map((id): TokenSpan => ({ text: tokenizer.decode([id]), start: null, end: null }));
  const tokens = [
    ...added(template.targetStart),
    ...tokenSpans(tokenizer, queryIds, textPrefix + query, textPrefix.length),
    ...added(template.targetEnd),
  ];
  return trace === null ? { tokens } : { tokens, hints: explainHints(tokenizer, pair, trace) };
}

function explainHints(
  tokenizer: Tokenizer,
  { template, document, documentIds, firstToken }: PairToExplain,
  { method, sources }: HintTrace,
): NonNullable<PairExplanation['hints']> {
  const { textPrefix } = template;
  const last = Math.max(...sources.map(({ position }) => firstToken + position));
  const spans = tokenSpans(tokenizer, documentIds.slice(0, last + 1), textPrefix + document, textPrefix.length);
  const tokens = sources.flatMap((source) => {
    const position = firstToken + source.position;
    const span = spans[position];
    if (span === undefined) return [];
    const { queryToken } = source;
    const place = queryToken === undefined ? {} : { queryToken: template.targetStart.length + queryToken };
    return [{ ...source, ...place, ...span, position }];
  });
  return { method, tokens };
}
