import type { Explanation } from '#shared/protocol/explanation.ts';

type Hint = NonNullable<Explanation['hints']>['tokens'][number];

/** What an adapter made of a token of the document, in words. */
export function describeHint(hint: Hint, tokens: Explanation['tokens']): string {
  const chooser = hint.query_token === undefined ? undefined : tokens[hint.query_token];
  const parts = [
    `token ${hint.position + 1}`,
    ...(chooser === undefined ? [] : [`chosen by “${chooser.text.trim()}”`]),
    ...(hint.similarity === undefined ? [] : [`similarity ${hint.similarity.toFixed(2)}`]),
    ...(hint.weight === undefined ? [] : [`${(hint.weight * 100).toFixed(1)} % of the attention`]),
  ];
  return parts.join(', ');
}
