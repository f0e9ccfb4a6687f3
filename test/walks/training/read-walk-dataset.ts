import { stat } from 'node:fs/promises';
import { encodeDatasetFiles, encodeTrainingData } from '#cli/training-jobs/encode-dataset.ts';
import { readTrainingData } from '#gpu-worker/training/data/read-training-data.ts';

/**
 * Judged queries as lines of the API: a file of such lines as it is; of a BEIR folder so many training queries, drawn by a seed, and its dev queries, as
 * `hintrank train --remote` sends them. Throws where nothing can be trained on them.
 */
export async function readWalkDataset(path: string, trainQueriesMax: number): Promise<Uint8Array> {
  if (!(await stat(path)).isDirectory()) return encodeDatasetFiles({ train: path });
  const { data, problems } = await readTrainingData({ path, seed: 0, trainQueriesMax });
  const [error] = problems.filter(({ severity }) => severity === 'error');
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return encodeTrainingData(data, false);
}
