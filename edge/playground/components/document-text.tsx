import { describeHint } from '#edge/playground/ranking/describe-hint.ts';
import { splitBySpans } from '#edge/playground/ranking/split-by-spans.ts';
import type { Explanation } from '#shared/protocol/explanation.ts';

export interface DocumentTextProps {
  readonly text: string;
  readonly explanation: Explanation | undefined;
  /** false: the first lines. */
  readonly isWhole: boolean;
}

/** A document with the tokens marked that an adapter made its hints of. */
export function DocumentText({ text, explanation, isWhole }: DocumentTextProps) {
  const hints = explanation?.hints?.tokens ?? [];
  return (
    <p class={isWhole ? 'document' : 'document clamped'}>
      {splitBySpans(text, hints).map(({ start, text: part, spans }) => {
        const hint = hints[spans[0] ?? -1];
        if (hint === undefined || explanation === undefined) return part;
        return (
          <mark key={start} title={describeHint(hint, explanation.tokens)}>
            {part}
          </mark>
        );
      })}
    </p>
  );
}
