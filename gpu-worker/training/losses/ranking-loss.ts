import { NotFiniteError } from '#gpu-worker/training/not-finite-error.ts';

/** One query's sequences in the list of all sequences of a step; every sequence may serve in several groups. */
export interface RankingGroup {
  readonly positive: number;
  readonly negatives: readonly number[];
}

/** What the losses see of a step: each (query, document) sequence was run once. */
export interface ScoredSequences {
  /** ℓ, mean NLL over the targets, nats per token: float64 [sequences]. */
  readonly meanNll: Float64Array;
  readonly groups: readonly RankingGroup[];
  /** Nats that the rest of the score adds to −ℓ (the lexical match of a blended score): float64 [sequences]; 0 when not given. */
  readonly offsets?: Float64Array;
}

export interface RankingLoss {
  readonly value: number;
  /** The part that compares documents, unweighted. */
  readonly ranking: number;
  /** Mean ℓ of the positives, unweighted. */
  readonly pointwise: number;
  /** dL/dℓ, float64 [sequences]. */
  readonly gradient: Float64Array;
}

/** −ℓ + offset: what a ranking is made by. */
export function scoreOf({ meanNll, offsets }: ScoredSequences, sequence: number): number {
  return (offsets?.[sequence] ?? 0) - nllOf(meanNll, sequence);
}

/** Adds `weight` × mean ℓ of the positives to `gradient`, and returns the mean. Throws on a step without groups. */
export function addPointwise({ meanNll, groups }: ScoredSequences, weight: number, gradient: Float64Array): number {
  if (groups.length === 0) throw new Error('a step needs at least one query');
  let sum = 0;
  for (const { positive } of groups) {
    sum += nllOf(meanNll, positive);
    addAt(gradient, positive, weight / groups.length);
  }
  return sum / groups.length;
}

export function addAt(values: Float64Array, index: number, value: number): void {
  values[index] = (values[index] ?? 0) + value;
}

/** A loss of nonsense would train nonsense: a value that is missing or not finite throws. */
function nllOf(meanNll: Float64Array, sequence: number): number {
  const value = meanNll[sequence];
  if (value === undefined) throw new Error(`sequence ${sequence} is not among the ${meanNll.length} of the step`);
  if (!Number.isFinite(value))
    throw new NotFiniteError(`the mean NLL of sequence ${sequence} is ${value}, not a finite number`);
  return value;
}
