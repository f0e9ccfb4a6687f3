import { type DevSet, listDevPairs } from '#gpu-worker/training/dev/dev-set.ts';
import type { PairSequence, PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import type { TrainingPool } from '#gpu-worker/training/threads/training-pool.ts';

/** Pairs that are laid out at a time: their hints are in memory until they are run. */
const pairsPerBatch = 64;

/**
 * Mean log-likelihood of each dev pair (nats per token) when `sequenceOf` lays it out: float64 [pairs], in the order of `listDevPairs`.
 * Throws where one is not finite, naming query and document.
 */
export async function lookAtDev(
  dev: DevSet,
  pool: Pick<TrainingPool, 'run'>,
  sequenceOf: (texts: PairTexts) => Promise<PairSequence>,
  onProgress: (fraction: number) => void,
): Promise<Float64Array> {
  const pairs = listDevPairs(dev);
  const scores = new Float64Array(pairs.length);
  for (let start = 0; start < pairs.length; start += pairsPerBatch) {
    const batch = pairs.slice(start, start + pairsPerBatch);
    const sequences: PairSequence[] = [];
    for (const { example, documentId } of batch) sequences.push(await sequenceOf(dev.textsOf(example, documentId)));
    const results = await pool.run(sequences.map(({ task }) => task));
    for (const [index, { example, documentId }] of batch.entries()) {
      const score = -(results[index]?.meanNegativeLogLikelihood ?? Number.NaN);
      if (!Number.isFinite(score)) {
        throw new Error(`the score of dev query "${example.queryId}" with document "${documentId}" is ${score}`);
      }
      scores[start + index] = score;
    }
    onProgress(Math.min(1, (start + batch.length) / pairs.length));
  }
  return scores;
}
