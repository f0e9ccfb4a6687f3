import { readBeirCorpus } from '#gpu-worker/evaluation/beir/read-beir-corpus.ts';
import { hasRelevant, readBeirJudgements } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { readBeirQueries } from '#gpu-worker/evaluation/beir/read-beir-queries.ts';
import { bm25Defaults } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import { type Bm25Index, buildBm25Index } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { readTrecRun } from '#gpu-worker/evaluation/read-trec-run.ts';
import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import type { Judgements, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What every set of candidates of a study is made from. */
export interface StudyData {
  readonly folder: string;
  /** The drawn test queries, id → text. */
  readonly queries: ReadonlyMap<string, string>;
  readonly judgements: Judgements;
  readonly index: Bm25Index;
  /** Of `--run`. */
  readonly run: TrecRun | null;
}

/** Draws the test queries; the same ones for every study of the same size. */
const sampleSeed = 0;

/**
 * The index of the corpus and `testQueries` queries of `qrels/test.tsv` with a relevant document; of those that the run has, where there is one.
 * @throws ServiceError `invalid_request` for files that are not as they should be, or when no query is left
 */
export async function readStudyData(
  folder: string,
  testQueries: number,
  runPath: string | undefined,
): Promise<StudyData> {
  const index = await buildBm25Index(readBeirCorpus(folder), bm25Defaults);
  const run = runPath === undefined ? null : await readTrecRun(runPath);
  const judgements = await readBeirJudgements(folder, 'test');
  const judged = [...judgements.keys()].filter((id) => hasRelevant(judgements.get(id)) && (run?.has(id) ?? true));
  if (judged.length === 0)
    throw new ServiceError(
      'invalid_request',
      `${folder} has no test query${run === null ? '' : ' of the run'} with a relevant document.`,
    );
  const drawn = new Set(seededOrder(judged, sampleSeed, (id) => id).slice(0, testQueries));
  const queries = await readBeirQueries(folder, (id) => drawn.has(id));
  return { folder, queries, judgements, index, run };
}
