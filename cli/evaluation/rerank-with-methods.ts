import { availableParallelism } from 'node:os';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import type { EngineSettings } from '#cli/engine/engine-flags.ts';
import { loadAdapterFile, withEngine } from '#cli/engine/open-engine.ts';
import { taskOptions } from '#cli/engine/task-options.ts';
import type { Method } from '#cli/evaluation/evaluation-settings.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import type { BeirData } from '#gpu-worker/evaluation/read-beir-folder.ts';
import type { ScoringSummary } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { rerankRun } from '#gpu-worker/evaluation/rerank-run.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

export interface RerankedRuns {
  /** One for each method, in order. */
  readonly runs: readonly TrecRun[];
  readonly scoring: ScoringSummary;
}

/** Reranks `candidates` with each method, one after the other on one engine, with progress on standard error. */
export async function rerankWithMethods(
  methods: readonly Method[],
  candidates: TrecRun,
  data: BeirData,
  options: { readonly settings: EngineSettings; readonly withTitle: boolean; readonly io: CommandIo },
): Promise<RerankedRuns> {
  const { settings, io, withTitle } = options;
  return withEngine(settings, io, async (engine) => {
    const runs: TrecRun[] = [];
    let seconds = 0;
    for (const method of methods) {
      const digest = method.kind === 'adapter' ? await loadAdapterFile(engine, method.adapter) : undefined;
      const own = method.kind === 'template' ? { ...settings, template: method.template } : settings;
      const bar = createProgressBar(io, 'scoring pairs', true);
      const startMs = performance.now();
      const run = await rerankRun(engine, {
        run: candidates,
        queries: data.queries,
        documents: data.documents,
        withTitle,
        signal: io.signal,
        ...taskOptions(own, digest),
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => bar.stop());
      seconds += (performance.now() - startMs) / 1000;
      runs.push(run);
    }
    const pairs = runs.flatMap((run) => [...run.values()]).reduce((sum, entries) => sum + entries.length, 0);
    const { precision, threads, maxTokensPerDoc } = settings;
    const documents = data.documents.size;
    const scoring = { precision, threads, cores: availableParallelism(), maxTokensPerDoc, pairs, documents, seconds };
    return { runs, scoring };
  });
}
