import type { Study, StudyGrid, StudyInputs, StudyTraining } from '#cli/study/study.ts';
import { type PlannedTraining, planTraining, type TrainingInputs } from '#cli/study/training/plan-training.ts';
import { readStudyTrainingData } from '#cli/study/training/read-study-training-data.ts';
import { readTrainedCell, type TrainCellOptions, trainCell } from '#cli/study/training/train-cell.ts';

/** The trained adapters of a study: the files of a training, one for each seed. */
export type TrainedAdapters = (training: StudyTraining) => readonly Uint8Array[];

export interface TrainAdaptersOptions extends TrainCellOptions, Omit<TrainingInputs, 'data' | 'sizes'> {
  readonly study: Study;
  readonly inputs: StudyInputs;
}

/** Trains what the grid's rows ask for and the folder does not hold yet; equal trainings once. */
export async function trainAdapters(grid: StudyGrid, options: TrainAdaptersOptions): Promise<TrainedAdapters> {
  const { folder, io, inputs, modelFingerprint, withTitle } = options;
  const rows = grid.rows.flatMap(({ label, scorer }) => (scorer.kind === 'adapter' ? [{ label, scorer }] : []));
  if (rows.length === 0) return () => [];
  const { sizes } = inputs;
  const data = await readStudyTrainingData(options.data, sizes, io);
  const planned = new Map<string, { readonly label: string; readonly training: PlannedTraining }>();
  const digests = new Map<string, string[]>();
  for (const { label, scorer } of rows) {
    const plans = Array.from({ length: sizes.seeds }, (_, index) =>
      planTraining(scorer.training, index + 1, { sizes, data, modelFingerprint, withTitle }),
    );
    digests.set(
      keyOf(scorer.training),
      plans.map(({ digest }) => digest),
    );
    for (const training of plans) if (!planned.has(training.digest)) planned.set(training.digest, { label, training });
  }
  const files = new Map<string, Uint8Array>();
  for (const [index, { label, training }] of [...planned.values()].entries()) {
    const done = await readTrainedCell(folder, training.digest);
    const what = `training ${index + 1} of ${planned.size}: ${label}, seed ${training.settings.seed}`;
    io.stderr.write(`${what}${done === null ? '' : ' is done already'}\n`);
    if (done === null) await trainCell(training, options);
    const file = done ?? (await readTrainedCell(folder, training.digest));
    if (file === null) throw new Error(`the adapter ${training.digest} is gone again`);
    files.set(training.digest, file);
  }
  return (training) => (digests.get(keyOf(training)) ?? []).flatMap((digest) => files.get(digest) ?? []);
}

function keyOf(training: StudyTraining): string {
  return JSON.stringify(training);
}
