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

/** Reranks `candidates` with each method, one after the other on one engine, with progress on standard error. */
export async function rerankWithMethods(
  methods: readonly Method[],
  candidates: TrecRun,
  data: BeirData,
  options: RerankOptions,
): Promise<RerankedRuns> {
  const { settings, io, withTitle, firstStage } = options;
  const { scoring: orderedBy } = options.scoring;
  return withEngine(settings, io, async (engine) => {
    const prepared = calibrateMethods(methods, options, engine.info.modelFingerprint);
    const rankings: RankedCandidates[] = [];
    let seconds = 0;
    for (const { method, template, calibration } of prepared) {
      const digest = method.kind === 'adapter' ? await loadAdapterFile(engine, method.adapter) : undefined;
      const own = method.kind === 'template' ? { ...settings, template: method.template } : settings;
      const bar = createProgressBar(io, 'scoring pairs', true);
      const startMs = performance.now();
      const task = {
        run: candidates,
        queries: data.queries,
        documents: data.documents,
        withTitle,
        signal: io.signal,
        ...taskOptions(own, digest),
        onProgress: (done: number, total: number) => bar.update(done, total),
      };
      const blend = calibration && { calibration, template, judgements: data.judgements, firstStage };
      rankings.push(await rankCandidates(engine, task, blend).finally(() => bar.stop()));
      seconds += (performance.now() - startMs) / 1000;
    }
    const pairs = rankings.flatMap(({ run }) => [...run.values()]).reduce((sum, entries) => sum + entries.length, 0);
    const { precision, threads, maxTokensPerDoc } = settings;
    const cores = availableParallelism();
    const documents = data.documents.size;
    return {
      rankings,
      scoring: { orderedBy, precision, threads, cores, maxTokensPerDoc, pairs, documents, seconds },
    };
  });
}
