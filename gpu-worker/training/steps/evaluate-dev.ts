import { type MeasuredRun, measureRun } from '#gpu-worker/evaluation/measure-run.ts';
import { listMetrics } from '#gpu-worker/evaluation/metric.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { Judgements, RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import type { PairSequence, PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import type { TrainingPool } from '#gpu-worker/training/threads/training-pool.ts';

export interface DevSet {
  readonly examples: readonly TrainingExample[];
  /** Candidates of each query that are reranked, first-stage order. */
  readonly depth: number;
  readonly textsOf: (example: TrainingExample, documentId: string) => PairTexts;
}

/** Pairs that are laid out at a time: their hints are in memory until they are run. */
const pairsPerBatch = 64;

/** Metrics of the dev queries when `sequenceOf` lays out their pairs: nDCG, Hit, Recall and MRR at 10, MAP. */
export async function evaluateDev(
  dev: DevSet,
  pool: Pick<TrainingPool, 'run'>,
  sequenceOf: (texts: PairTexts) => Promise<PairSequence>,
  onProgress: (fraction: number) => void,
): Promise<MeasuredRun> {
  const pairs = dev.examples.flatMap((example) =>
    example.candidates.slice(0, dev.depth).map(({ documentId }) => ({ example, documentId })),
  );
  const scores = new Map<string, RunEntry[]>(dev.examples.map(({ queryId }) => [queryId, []]));
  for (let start = 0; start < pairs.length; start += pairsPerBatch) {
    const batch = pairs.slice(start, start + pairsPerBatch);
    const sequences: PairSequence[] = [];
    for (const { example, documentId } of batch) sequences.push(await sequenceOf(dev.textsOf(example, documentId)));
    const results = await pool.run(sequences.map(({ task }) => ({ ...task, cache: 'dev' as const })));
    for (const [index, { example, documentId }] of batch.entries()) {
      const score = -(results[index]?.meanNegativeLogLikelihood ?? Number.NaN);
      if (!Number.isFinite(score)) {
        throw new Error(`the score of dev query "${example.queryId}" with document "${documentId}" is ${score}`);
      }
      scores.get(example.queryId)?.push({ documentId, score });
    }
    onProgress(Math.min(1, (start + batch.length) / pairs.length));
  }
  const run: TrecRun = new Map([...scores].map(([queryId, entries]) => [queryId, orderEntries(entries)]));
  return measureRun(run, judgementsOf(dev.examples), listMetrics([10]));
}

function judgementsOf(examples: readonly TrainingExample[]): Judgements {
  return new Map(examples.map(({ queryId, positives }) => [queryId, new Map(positives.map((id) => [id, 1]))]));
}
