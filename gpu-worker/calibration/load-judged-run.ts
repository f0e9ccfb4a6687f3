import { type FirstStageChoice, retrieveFirstStage } from '#gpu-worker/evaluation/first-stage/retrieve-first-stage.ts';
import { type BeirData, readBeirFolder } from '#gpu-worker/evaluation/read-beir-folder.ts';
import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

export interface JudgedRunOptions {
  /** A BEIR folder, and the split that judges. */
  readonly folder: string;
  readonly split: string;
  readonly firstStage: FirstStageChoice;
  /** Candidates of each query. */
  readonly depth: number;
  /** Queries at most; which ones is drawn with `seed`, since a file's first ones often are about the same. */
  readonly queriesMax: number;
  readonly seed: number;
}

/** Candidates of a sample of a split's queries, with their texts and judgements. */
export interface JudgedRun extends BeirData {
  readonly run: TrecRun;
  /** The first stage with its parameters. */
  readonly description: string;
}

/** Throws ServiceError `invalid_request` for files that are not as they should be. */
export async function loadJudgedRun(options: JudgedRunOptions): Promise<JudgedRun> {
  const { folder, split, depth, queriesMax, seed } = options;
  const { run: whole, description } = await retrieveFirstStage(options.firstStage, { folder, split, depth });
  const drawn = seededOrder([...whole], seed, ([queryId]) => queryId).slice(0, queriesMax);
  const run: TrecRun = new Map(drawn);
  const documentIds = new Set(drawn.flatMap(([, entries]) => entries.map(({ documentId }) => documentId)));
  const data = await readBeirFolder(folder, { split, documentIds, queryIds: new Set(run.keys()) });
  return { ...data, run, description };
}
