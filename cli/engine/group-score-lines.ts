import type { ScoreLine } from '#cli/inputs/read-score-lines.ts';

type PairLine = Extract<ScoreLine, { kind: 'pair' }>;
type TokenLine = Extract<ScoreLine, { kind: 'tokens' }>;

/** Work for one engine task: consecutive lines of one document, or one line of token ids. */
export type ScoreGroup =
  | { readonly kind: 'pairs'; readonly lines: readonly PairLine[] }
  | { readonly kind: 'tokens'; readonly line: TokenLine };

/** Queries of one task. More would gain little (the prefix is one computation already) and keep results waiting. */
const linesPerGroupMax = 64;

/** Joins consecutive lines of the same document, so that its prefix is computed once; the order stays. */
export async function* groupScoreLines(lines: AsyncIterable<ScoreLine>): AsyncGenerator<ScoreGroup> {
  let group: PairLine[] = [];
  for await (const line of lines) {
    const continues = line.kind === 'pair' && line.document === group[0]?.document && group.length < linesPerGroupMax;
    if (!continues && group.length > 0) {
      yield { kind: 'pairs', lines: group };
      group = [];
    }
    if (line.kind === 'pair') group.push(line);
    else yield { kind: 'tokens', line };
  }
  if (group.length > 0) yield { kind: 'pairs', lines: group };
}
