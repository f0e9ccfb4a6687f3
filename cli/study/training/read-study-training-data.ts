import type { CommandIo } from '#cli/command-line/command-io.ts';
import { reportDataProblems } from '#cli/engine/report-data-problems.ts';
import type { StudySizes } from '#cli/study/study.ts';
import { readTrainingData } from '#gpu-worker/training/data/read-training-data.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';

/** Draws training and dev queries: the same for every cell of a study, whatever its seed. */
const dataSeed = 0;

/** The study's training queries, checked as those of `hintrank train`. */
export async function readStudyTrainingData(
  folder: string,
  sizes: Pick<StudySizes, 'trainQueries' | 'devQueries'>,
  io: CommandIo,
): Promise<TrainingData> {
  const { data, problems } = await readTrainingData({
    path: folder,
    seed: dataSeed,
    trainQueriesMax: sizes.trainQueries,
    devQueriesMax: sizes.devQueries,
  });
  reportDataProblems(folder, problems, io);
  return data;
}
