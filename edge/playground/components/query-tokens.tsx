import { shadeByLift } from '#edge/playground/ranking/shade-by-lift.ts';
import { signedNats } from '#edge/playground/ranking/signed-nats.ts';
import { splitBySpans } from '#edge/playground/ranking/split-by-spans.ts';
import type { Explanation } from '#shared/protocol/explanation.ts';

export interface QueryTokensProps {
  readonly query: string;
  readonly tokens: Explanation['tokens'];
}

/** The query, each token shaded by what the document did to it. The numbers are in the table below the document. */
export function QueryTokens({ query, tokens }: QueryTokensProps) {
  return (
    <p class="query-tokens">
      {splitBySpans(query, tokens).map(({ start, text, spans }) => {
        // Bytes of one character can be tokens of their own: what they gained adds up.
        const lift = spans.reduce((sum, place) => sum + (tokens[place]?.lift ?? 0), 0);
        return (
          <span key={start} class={shadeByLift(lift) ?? undefined} title={`${signedNats(lift)} nats`}>
            {text}
          </span>
        );
      })}
    </p>
  );
}
