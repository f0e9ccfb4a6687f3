import type { ScoredPair, ScoredPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { BlendFeatures } from '#shared/calibration/blended-score.ts';

/** One pair of a run with what a blended score is made of. */
export interface PairFeatures {
  readonly queryId: string;
  readonly documentId: string;
  readonly features: BlendFeatures;
}

export interface PairFeaturesOptions {
  readonly pairs: ScoredPairs;
  readonly queries: ReadonlyMap<string, string>;
  readonly template: TemplateName;
  /** Scores of the first stage, where they are to be a feature. */
  readonly firstStage?: TrecRun;
  readonly signal?: AbortSignal;
}

/** Queries that are asked at once: they keep every thread busy, and stay far below what the engine's queue takes. */
const queriesAtOnce = 256;

/** Completes scored pairs to features: adds each query's own likelihood, by one run a query, and the first stage's score. */
export async function pairFeatures(
  engine: Pick<ScoringEngine, 'queryLogLikelihood'>,
  { pairs, queries, template, firstStage, signal }: PairFeaturesOptions,
): Promise<PairFeatures[]> {
  const completeQuery = async ([queryId, scored]: readonly [string, readonly ScoredPair[]]): Promise<
    PairFeatures[]
  > => {
    const query = queries.get(queryId) ?? '';
    const task = { query, template };
    const queryLogLikelihood = await engine.queryLogLikelihood(task, signal === undefined ? {} : { signal });
    const found = new Map(firstStage?.get(queryId)?.map(({ documentId, score }) => [documentId, score]));
    return scored.map(({ documentId, score: { meanLogLikelihood, lexicalMatch } }) => {
      if (lexicalMatch === undefined) throw new Error(`the pair ${queryId}, ${documentId} was scored without its text`);
      return {
        queryId,
        documentId,
        features: { meanLogLikelihood, queryLogLikelihood, lexicalMatch, firstStageScore: found.get(documentId) },
      };
    });
  };
  const waiting = [...pairs];
  const completed: PairFeatures[][] = [];
  while (waiting.length > 0)
    completed.push(...(await Promise.all(waiting.splice(0, queriesAtOnce).map(completeQuery))));
  return completed.flat();
}
