import { emptyStageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { type SuffixRun, SuffixRuns } from '#gpu-worker/scoring/batch/suffix-runs.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import {
  type BatchPlace,
  PairScorer,
  type PendingScores,
  type TokenizedTask,
} from '#gpu-worker/scoring/pair-scorer.ts';
import { FrozenPrefixes } from '#gpu-worker/scoring/prefix-cache/frozen-prefixes.ts';
import { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';

export interface TestScorer {
  readonly cache: PrefixCache;
  /** One task in a batch of its own. */
  readonly score: (task: TokenizedTask) => Promise<PairScore[]>;
  readonly scoreTokens: (promptIds: readonly number[], targetIds: readonly number[]) => Promise<PairScore>;
  /** Tasks in one batch; the runs that it took. */
  readonly scoreTogether: (
    tasks: readonly TokenizedTask[],
  ) => Promise<{ scores: PairScore[][]; runs: readonly SuffixRun[] }>;
}

/** A pair scorer on this thread, with a cache, as a scoring thread has one. */
export function createTestScorer(
  { runner, embeddings }: { readonly runner: LanguageModelRunner; readonly embeddings: EmbeddingTable },
  contextLength: number,
  prefixBytesMax = 50_000_000,
): TestScorer {
  const cache = new PrefixCache(prefixBytesMax);
  const prefixes = new FrozenPrefixes({ runner, embeddings, cache });
  const scorer = new PairScorer({ embeddings, prefixes, contextLength });
  const inBatch = async (layOuts: readonly ((place: BatchPlace) => Promise<PendingScores>)[]) => {
    const suffixes = new SuffixRuns({ runner, width: embeddings.width, onFlushed: () => cache.release() });
    const pending: PendingScores[] = [];
    for (const layOut of layOuts) pending.push(await layOut({ suffixes, times: emptyStageTimes() }));
    await suffixes.flush();
    return { scores: pending.map((scores) => scores()), runs: suffixes.done };
  };
  const scoreTogether = (tasks: readonly TokenizedTask[]) =>
    inBatch(tasks.map((task) => (place) => scorer.layOut(task, place)));
  return {
    cache,
    scoreTogether,
    score: async (task) => (await scoreTogether([task])).scores[0] ?? [],
    async scoreTokens(promptIds, targetIds) {
      const { scores } = await inBatch([(place) => scorer.layOutTokens(promptIds, targetIds, place)]);
      const score = scores[0]?.[0];
      if (score === undefined) throw new Error('no score for the tokens');
      return score;
    },
  };
}
