import type { TrainingJobSettings } from '#shared/protocol/training-settings.ts';

export const presetNames = ['standard', 'quick', 'blended', 'paper'] as const;
export type PresetName = (typeof presetNames)[number];

/**
 * Settings by name. `standard` — what measured best on the default model. `quick` — a first look in a third of the time. `blended` — trained and chosen
 * by blended scores, as the API orders by default. `paper` — the loss and batches of the paper.
 */
export const presets: Readonly<Record<PresetName, TrainingJobSettings>> = {
  standard: {},
  quick: { steps: 60, evaluate_every: 20, dev_queries: 50 },
  blended: { loss_over: 'blended' },
  paper: { loss: { kind: 'pairwise' }, in_batch_negatives: true, queries_per_step: 4, negatives_per_query: 1 },
};
