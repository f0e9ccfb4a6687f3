import { explainPair, type PairToExplain } from '#gpu-worker/scoring/explanation/explain-pair.ts';
import type { TracedScore } from '#gpu-worker/scoring/pair-scorer.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';

/** A score with its explanation where it was traced for one, else as it is. */
export function explainScore(
  tokenizer: Tokenizer,
  { trace, ...score }: TracedScore,
  pair: Omit<PairToExplain, 'trace'>,
): PairScore {
  return trace === undefined ? score : { ...score, explanation: explainPair(tokenizer, { ...pair, trace }) };
}
