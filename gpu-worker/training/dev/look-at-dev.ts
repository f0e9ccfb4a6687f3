import { type DevSet, listDevPairs } from '#gpu-worker/training/dev/dev-set.ts';
import { NotFiniteError } from '#gpu-worker/training/not-finite-error.ts';
import type { PairSequence, PairSequences, PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import type { TrainingPool } from '#gpu-worker/training/threads/training-pool.ts';

/** Sequences that are laid out at a time: their hints are in memory until they are run. */
const sequencesPerBatch = 64;

type Pool = Pick<TrainingPool, 'run'>;

/**
 * Mean log-likelihood of each dev pair (nats per token) when `sequenceOf` lays it out: float64 [pairs], in the order of `listDevPairs`.
 * Throws where one is not finite, naming query and document.
 */
export async function lookAtDev(
  dev: DevSet,
  pool: Pool,
  sequenceOf: (texts: PairTexts) => Promise<PairSequence>,
  onProgress: (fraction: number) => void,
): Promise<Float64Array> {
  const looks = listDevPairs(dev).map(({ example, documentId }) => ({
    name: `dev query "${example.queryId}" with document "${documentId}"`,
    layOut: () => sequenceOf(dev.textsOf(example, documentId)),
  }));
  return scoreAll(looks, pool, onProgress);
}

/** Mean log-likelihood of each dev query without a document (nats per token), under the base model: by query id. Throws as `lookAtDev` does. */
export async function lookAtDevQueries(
  { examples }: DevSet,
  pool: Pool,
  sequences: Pick<PairSequences, 'queryAlone'>,
): Promise<ReadonlyMap<string, number>> {
  const looks = examples.map(({ queryId, query }) => ({
    name: `dev query "${queryId}" without a document`,
    layOut: async () => sequences.queryAlone(query),
  }));
  const scores = await scoreAll(looks, pool, () => {});
  return new Map(examples.map(({ queryId }, index) => [queryId, scores[index] ?? Number.NaN]));
}

interface Look {
  readonly name: string;
  readonly layOut: () => Promise<PairSequence>;
}

async function scoreAll(
  looks: readonly Look[],
  pool: Pool,
  onProgress: (fraction: number) => void,
): Promise<Float64Array> {
  const scores = new Float64Array(looks.length);
  for (let start = 0; start < looks.length; start += sequencesPerBatch) {
    const batch = looks.slice(start, start + sequencesPerBatch);
    const sequences: PairSequence[] = [];
    for (const { layOut } of batch) sequences.push(await layOut());
    const results = await pool.run(sequences.map(({ task }) => task));
    for (const [index, { name }] of batch.entries()) {
      const score = -(results[index]?.meanNegativeLogLikelihood ?? Number.NaN);
      if (!Number.isFinite(score)) throw new NotFiniteError(`the score of ${name} is ${score}`);
      scores[start + index] = score;
    }
    onProgress(Math.min(1, (start + batch.length) / looks.length));
  }
  return scores;
}
