import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { EngineObserver } from '#gpu-worker/scoring/engine-observer.ts';
import type { Precision, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { benchmarkAdapters } from '#test/bench/score/benchmark-adapters.ts';
import type { RoundRequest, RoundResult } from '#test/bench/score/benchmark-side.ts';
import { serveSide } from '#test/bench/side-process.ts';

export interface HintrankSetup {
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly precision: Precision;
  readonly threads: number;
  /** Adapters that rounds may ask for. */
  readonly adapters: number;
}

/** Hintrank as a server would run it: one task a document, tokenising included. */
serveSide<HintrankSetup, RoundRequest, RoundResult>(async (setup) => {
  let rows = 0;
  const observer: EngineObserver = {
    batchDone: (_thread, { runs }) => {
      for (const run of runs) rows += run.rows;
    },
  };
  const engine = await createScoringEngine({ ...setup, observer });
  const digests: string[] = [];
  for (const file of benchmarkAdapters(setup.adapters)) digests.push((await engine.loadAdapter(file)).digest);
  return {
    description: `${setup.threads} worker threads; tokenising, the document's prefix unless it is kept, hints, the query's rows and their log-likelihoods`,
    async ask(request) {
      const rowsBefore = rows;
      const scored = await scoreRound(engine, request, digests);
      return { ...scored, suffixRows: rows - rowsBefore };
    },
  };
});

async function scoreRound(engine: ScoringEngine, { pairs, adapters }: RoundRequest, digests: readonly string[]) {
  const startMs = performance.now();
  const scores = await Promise.all(
    pairs.map(({ document, query }, index) => {
      const adapterDigest = adapters === 0 ? undefined : digests[index % adapters];
      const task = { document, queries: [query], template: 'clean-1' } as const;
      return engine.score(adapterDigest === undefined ? task : { ...task, adapterDigest });
    }),
  );
  return {
    milliseconds: performance.now() - startMs,
    meanLogLikelihoods: scores.flat().map((score) => score.meanLogLikelihood),
  };
}
