import { availableParallelism } from 'node:os';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import type { EngineSettings } from '#cli/engine/engine-flags.ts';
import { loadAdapterFile, withEngine } from '#cli/engine/open-engine.ts';
import { taskOptions } from '#cli/engine/task-options.ts';
import { calibrateMethods } from '#cli/evaluation/calibrate-methods.ts';
import type { EvaluationScoring, Method } from '#cli/evaluation/evaluation-settings.ts';
import { type RankedCandidates, rankCandidates } from '#cli/evaluation/rank-candidates.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import type { BeirData } from '#gpu-worker/evaluation/read-beir-folder.ts';
import type { ScoringSummary } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { scoreRunPairsByMethods } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

export interface RerankedRuns {
  /** One for each method, in order. */
  readonly rankings: readonly RankedCandidates[];
  /** Without the blend, which is each ranking's own. */
  readonly scoring: Omit<ScoringSummary, 'blend'>;
}

export interface RerankOptions {
  readonly settings: EngineSettings;
  readonly scoring: EvaluationScoring;
  /** The candidates' scores, where they may be part of a blended score. */
  readonly firstStage: TrecRun | undefined;
  readonly withTitle: boolean;
  readonly io: CommandIo;
}

/** Reranks `candidates` with each method, document by document with all of them, so that they share what does not depend on the method; with progress on standard error. */
export async function rerankWithMethods(
  methods: readonly Method[],
  candidates: TrecRun,
  data: BeirData,
  options: RerankOptions,
): Promise<RerankedRuns> {
  const { settings, io, withTitle, firstStage } = options;
  const { scoring: orderedBy } = options.scoring;
  const { queries, documents, judgements } = data;
  return withEngine(settings, io, async (engine) => {
    const prepared = calibrateMethods(methods, options, engine.info.modelFingerprint);
    const scorers = [];
    for (const { method } of prepared) {
      const digest = method.kind === 'adapter' ? await loadAdapterFile(engine, method.adapter) : undefined;
      scorers.push(
        taskOptions(method.kind === 'template' ? { ...settings, template: method.template } : settings, digest),
      );
    }
    const bar = createProgressBar(io, 'scoring pairs', true);
    const startMs = performance.now();
    const { maxTokensPerDoc, chunks, precision, threads } = settings;
    const onProgress = (done: number, total: number) => bar.update(done, total);
    const read = { withTitle, maxTokensPerDoc, chunks };
    const run = { run: candidates, queries, documents, ...read, signal: io.signal, onProgress };
    const scored = await scoreRunPairsByMethods(engine, run, scorers).finally(() => bar.stop());
    const rankings: RankedCandidates[] = [];
    for (const [index, { calibration, template }] of prepared.entries()) {
      const own = { pairs: scored[index] ?? new Map(), queries, signal: io.signal };
      const blend = calibration && { calibration, template, judgements, firstStage };
      rankings.push(await rankCandidates(engine, own, blend));
    }
    const seconds = (performance.now() - startMs) / 1000;
    const pairs = rankings.flatMap(({ run }) => [...run.values()]).reduce((sum, entries) => sum + entries.length, 0);
    const cores = availableParallelism();
    return {
      rankings,
      scoring: {
        orderedBy,
        precision,
        threads,
        cores,
        maxTokensPerDoc,
        chunks,
        pairs,
        documents: documents.size,
        seconds,
      },
    };
  });
}
