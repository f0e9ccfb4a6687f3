import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readBeirCorpus } from '#gpu-worker/evaluation/beir/read-beir-corpus.ts';
import { beirJudgementsPath, readBeirJudgements } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { readBeirQueries } from '#gpu-worker/evaluation/beir/read-beir-queries.ts';
import type { InvalidLine } from '#gpu-worker/evaluation/beir/read-records.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import type { ProblemLog } from '#gpu-worker/training/data/data-problems.ts';
import type { SourceQuery, TrainingSource } from '#gpu-worker/training/data/training-source.ts';

export interface SplitNames {
  readonly train: string;
  readonly dev: string;
  readonly test: string;
}

/** A BEIR folder. The training split has to be there; dev and test are used when they are. Judgements of 0 make no document a hard negative: most are unread. */
export async function readBeirSource(
  folder: string,
  splits: SplitNames,
  problems: ProblemLog,
): Promise<TrainingSource> {
  const report = ({ path, number, reason }: InvalidLine): void =>
    problems.add('invalid-line', `${basename(path)} line ${number}${reason}`);
  const train = await readBeirJudgements(folder, splits.train, report);
  const dev = await readSplitIfThere(folder, splits.dev, report);
  const test = await readSplitIfThere(folder, splits.test, report);
  const texts = await readBeirQueries(folder, (id) => [train, dev, test].some((split) => split?.has(id)), report);

  const collect = (judgements: Judgements): SourceQuery[] =>
    [...judgements].flatMap(([queryId, judged]) => {
      const query = texts.get(queryId);
      const positives = [...judged].filter(([, gain]) => gain > 0).map(([documentId]) => documentId);
      if (query === undefined) problems.add('query-without-text', `"${queryId}"`);
      return query === undefined ? [] : [{ queryId, query, place: `query "${queryId}"`, positives, hardNegatives: [] }];
    });
  let invalidLinesReported = false;
  return {
    train: collect(train),
    dev: dev === null ? null : collect(dev),
    testQueries: [...(test?.keys() ?? [])].flatMap((queryId) => texts.get(queryId) ?? []),
    readDocuments: () => {
      const first = !invalidLinesReported;
      invalidLinesReported = true;
      return readBeirCorpus(folder, first ? report : () => undefined);
    },
  };
}

async function readSplitIfThere(
  folder: string,
  split: string,
  report: (line: InvalidLine) => void,
): Promise<Judgements | null> {
  const file = await stat(beirJudgementsPath(folder, split)).catch(() => null);
  return file === null ? null : readBeirJudgements(folder, split, report);
}
