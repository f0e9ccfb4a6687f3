import type { PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import { lexicalMatch } from '#shared/calibration/lexical-match.ts';
import { contentWords, queryWeights } from '#shared/calibration/word-weights.ts';

/** The lexical match of a pair as scoring has it: over the whole document, also where the model reads its start only. */
export function matchTexts({ query, document }: PairTexts): number {
  return lexicalMatch(queryWeights(query), contentWords(document));
}
