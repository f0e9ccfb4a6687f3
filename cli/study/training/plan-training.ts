import { contentDigest } from '#cli/study/cells/content-digest.ts';
import type { StudySizes, StudyTraining } from '#cli/study/study.ts';
import { shareOfExamples } from '#cli/study/training/share-of-examples.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import { type TrainingSettings, trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';

/** One training of a study: an adapter to be, with everything that it depends on. */
export interface PlannedTraining {
  /** Names its files. */
  readonly digest: string;
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
}

/** The settings of a study's training with `seed`. Warm-up, looks and their depth follow the sizes, so that a short run is a small image of the preset. */
export function planTraining(
  { settings, share, randomNegatives = false }: StudyTraining,
  seed: number,
  { sizes, data, modelFingerprint, withTitle }: TrainingInputs,
): PlannedTraining {
  const full = trainingSettingsSchema.parse({
    warmUpSteps: Math.min(10, Math.ceil(sizes.steps / 6)),
    evaluateEvery: Math.max(1, Math.ceil(sizes.steps / looks)),
    devQueries: sizes.devQueries,
    keep: sizes.keep,
    // What rows are ordered by.
    lossOver: 'likelihood',
    devDepth: Math.max(2, Math.min(10, Math.ceil(sizes.depth / 2))),
    ...settings,
    seed,
    steps: sizes.steps,
    maxTokensPerDoc: sizes.maxTokensPerDoc,
  });
  const drawn = shareOfExamples(data.train, share);
  const train = randomNegatives ? drawn.map((example) => ({ ...example, hardNegatives: [] })) : drawn;
  const own = { ...data, train };
  return {
    digest: contentDigest('adapter', full, withTitle, modelFingerprint, train, data.dev, [...data.corpus]),
    settings: full,
    data: own,
  };
}

/** Looks at the dev queries in a training, besides that before the first step. */
const looks = 3;

export interface TrainingInputs {
  readonly sizes: StudySizes;
  /** All training queries of the study. */
  readonly data: TrainingData;
  readonly modelFingerprint: string;
  readonly withTitle: boolean;
}
