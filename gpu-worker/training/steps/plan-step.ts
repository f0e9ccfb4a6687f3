import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import type { RankingGroup } from '#gpu-worker/training/losses/ranking-loss.ts';
import { seededRandom, shuffled } from '#gpu-worker/training/seeded-random.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';

/** One (query, document) sequence of a step. */
export interface PlannedSequence {
  readonly example: TrainingExample;
  readonly documentId: string;
}

/** What one step runs: every sequence once, however many groups it serves in. */
export interface PlannedStep {
  readonly sequences: readonly PlannedSequence[];
  readonly groups: readonly RankingGroup[];
}

type StepSettings = Pick<TrainingSettings, 'seed' | 'queriesPerStep' | 'negativesPerQuery' | 'inBatchNegatives'>;

/**
 * The sequences of step `step` (counted from 1). Epochs are shuffles of all examples; the positive and the negatives are drawn anew each
 * time. From the seed and the step alone, so that a resumed run plans what an undisturbed one would have.
 *
 * @param documentIds all documents of the corpus, in a fixed order: negatives for a query that has no hard ones
 */
export function planStep(
  examples: readonly TrainingExample[],
  documentIds: readonly string[],
  step: number,
  settings: StepSettings,
): PlannedStep {
  const sequences = new Map<string, { readonly index: number; readonly planned: PlannedSequence }>();
  const sequenceOf = (example: TrainingExample, documentId: string): number => {
    const key = JSON.stringify([example.queryId, documentId]);
    const known = sequences.get(key);
    if (known !== undefined) return known.index;
    const index = sequences.size;
    sequences.set(key, { index, planned: { example, documentId } });
    return index;
  };
  const drawn = drawExamples(examples, step, settings).map((example, place) => {
    const random = seededRandom(settings.seed, `documents of query ${place}`, step);
    const positive = example.positives[random.integer(example.positives.length)] ?? '';
    const pool = example.hardNegatives.length > 0 ? example.hardNegatives : documentIds;
    const usable = pool.filter((id) => !example.positives.includes(id));
    return { example, positive, negatives: shuffled(usable, random).slice(0, settings.negativesPerQuery) };
  });
  const inBatch = settings.inBatchNegatives ? drawn.flatMap((one) => [one.positive, ...one.negatives]) : [];
  const groups = drawn.map(({ example, positive, negatives }) => {
    const others = [...new Set([...negatives, ...inBatch])].filter((id) => !example.positives.includes(id));
    return {
      positive: sequenceOf(example, positive),
      negatives: others.map((documentId) => sequenceOf(example, documentId)),
    };
  });
  return { sequences: [...sequences.values()].map(({ planned }) => planned), groups };
}

/** The next queries of the endless row of epochs. */
function drawExamples(examples: readonly TrainingExample[], step: number, settings: StepSettings): TrainingExample[] {
  const epochs = new Map<number, TrainingExample[]>();
  return Array.from({ length: settings.queriesPerStep }, (_, place) => {
    const position = (step - 1) * settings.queriesPerStep + place;
    const epoch = Math.floor(position / examples.length);
    const order = epochs.get(epoch) ?? shuffled(examples, seededRandom(settings.seed, 'epoch', epoch));
    epochs.set(epoch, order);
    const example = order[position % examples.length];
    if (example === undefined) throw new Error('a training run needs at least one query');
    return example;
  });
}
