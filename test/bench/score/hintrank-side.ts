import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { Precision, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { BenchmarkPair, RoundResult } from '#test/bench/score/benchmark-side.ts';
import { serveSide } from '#test/bench/side-process.ts';

export interface HintrankSetup {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly precision: Precision;
  readonly threads: number;
}

/** Hintrank as a server would run it: one task a document, tokenising included. */
serveSide<HintrankSetup, readonly BenchmarkPair[], RoundResult>(async (setup) => {
  const engine = await createScoringEngine(setup);
  return {
    description: `${setup.threads} worker threads; tokenising, the document's prefix, the query's rows and their log-likelihoods`,
    ask: (pairs) => scoreRound(engine, pairs),
  };
});

async function scoreRound(engine: ScoringEngine, pairs: readonly BenchmarkPair[]) {
  const startMs = performance.now();
  const scores = await Promise.all(
    pairs.map(({ document, query }) => engine.score({ document, queries: [query], template: 'clean-1' })),
  );
  return {
    milliseconds: performance.now() - startMs,
    meanLogLikelihoods: scores.flat().map((score) => score.meanLogLikelihood),
  };
}
