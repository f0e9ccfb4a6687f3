import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { collectRankings } from '#cli/evaluation/collect-rankings.ts';
import { evaluationFlags } from '#cli/evaluation/evaluation-flags.ts';
import {
  type EvaluationArguments,
  parseCompared,
  parseCutoffs,
  parseEvaluationEngine,
  parseEvaluationScoring,
  parseFirstStage,
  parseFusion,
  parseMethod,
  parseSeed,
} from '#cli/evaluation/evaluation-settings.ts';
import { rerankWithMethods } from '#cli/evaluation/rerank-with-methods.ts';
import { renderEvaluation } from '#cli/output/render-evaluation.ts';
import { renderEvaluationJson } from '#cli/output/render-evaluation-json.ts';
import { readBeirJudgements } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { compareRuns } from '#gpu-worker/evaluation/compare-runs.ts';
import { describeCoverage } from '#gpu-worker/evaluation/describe-coverage.ts';
import { evaluateRankings } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { retrieveFirstStage } from '#gpu-worker/evaluation/first-stage/retrieve-first-stage.ts';
import { keepAnswerable } from '#gpu-worker/evaluation/keep-answerable.ts';
import { readBeirFolder } from '#gpu-worker/evaluation/read-beir-folder.ts';
import { readTrecRun } from '#gpu-worker/evaluation/read-trec-run.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { resamplesDefault } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import { writeTrecRun } from '#gpu-worker/evaluation/write-trec-run.ts';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export const evaluateCommand = defineCommand({
  meta: {
    name: 'evaluate',
    description:
      'Rerank a first stage over a BEIR folder: metrics of every ranking side by side, and whether the differences are more than chance',
  },
  args: evaluationFlags,
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const settings = parseEvaluationEngine(args);
    const depth = parseInteger('depth', args.depth, 1, 10_000);
    const choice = parseFirstStage(args);
    const fusion = parseFusion(args);
    const cutoffs = parseCutoffs(args.cutoffs);
    const bootstrap = { seed: parseSeed(args), resamples: resamplesDefault };
    const queriesMax =
      args['limit-queries'] === undefined
        ? undefined
        : parseInteger('limit-queries', args['limit-queries'], 1, 1_000_000_000);
    const scoring = await parseEvaluationScoring(args);
    const method = await parseMethod(args.method);
    if (method === null && (args.output !== undefined || (fusion !== undefined && args.compare === undefined)))
      throw new UsageError('--method none scores nothing, so there is nothing to write or to fuse.');
    const compared = args.compare === undefined ? null : await parseCompared(args.compare);
    for (const path of [args.output, args['first-stage-output'], args.markdown, args.html])
      if (path !== undefined) await checkOutputPath(path);
    const methods = [method, compared].flatMap((item) => (item === null || item.kind === 'run' ? [] : [item]));
    if (methods.length === 0 && scoring.scoring === 'blended')
      throw new UsageError('--method none scores nothing, so there is nothing to blend.');
    const comparedRun = compared?.kind === 'run' ? await readTrecRun(compared.path) : null;

    const judgements = await readBeirJudgements(args.data, args.split);
    const retrieved = await retrieveFirstStage(choice, { folder: args.data, split: args.split, depth, queriesMax });
    const candidates = args['answerable-only'] === true ? keepAnswerable(retrieved.run, judgements) : retrieved.run;
    const notes = describeCoverage(retrieved.run, candidates, judgements);
    if (notes === null)
      throw new ServiceError(
        'invalid_request',
        `No query of the first stage has a relevant document in qrels/${args.split}.tsv of ${args.data}.`,
      );
    if (args['first-stage-output'] !== undefined)
      await writeTrecRun(args['first-stage-output'], retrieved.run, choice.kind);
    const data = await readBeirFolder(args.data, {
      split: args.split,
      documentIds: new Set([...candidates.values()].flatMap((entries) => entries.map((entry) => entry.documentId))),
      queryIds: new Set(candidates.keys()),
    });

    const ending = scoring.scoring === 'blended' ? '-blended' : '';
    const methodName = `${tagOf(args.method)}${ending}`;
    const comparedName = `${tagOf(args.compare ?? '')}${compared?.kind === 'run' ? '' : ending}`;
    // Random documents have random scores, which no constants were fitted for.
    const firstStage = choice.kind === 'random' ? undefined : candidates;
    const withTitle = args['with-title'] === true;
    const scored =
      methods.length === 0
        ? null
        : await rerankWithMethods(methods, candidates, data, { settings, scoring, firstStage, withTitle, io });
    const own = method === null ? undefined : scored?.rankings[0];
    const reranked = own?.run;
    const other = comparedRun ?? (compared === null ? undefined : scored?.rankings.at(-1)?.run);
    if (args.output !== undefined && reranked !== undefined) await writeTrecRun(args.output, reranked, methodName);

    const runs = collectRankings({
      candidates,
      depth,
      reranked: reranked && { name: methodName, precision: settings.precision, run: reranked },
      compared: other && { name: comparedName, run: other },
      fusion,
    });
    const report: EvaluationReport = {
      data: basename(args.data),
      split: args.split,
      method: tagOf(args.method),
      firstStage: retrieved.description,
      depth,
      scoring: scored && { ...scored.scoring, blend: own?.blend ?? null },
      evaluation: evaluateRankings(runs, { judgements, cutoffs, bootstrap }),
      queries: data.queries,
      notes,
      ...(comparedRun === null || reranked === undefined
        ? {}
        : { scoreComparison: compareRuns(reranked, comparedRun) }),
    };
    await writeReports(args, report);
    await io.print(args.json === true ? renderEvaluationJson(report) : renderEvaluation(report));
  },
});

/** The files are only loaded when they are asked for: the plots' library takes a third of a second. */
async function writeReports(args: EvaluationArguments, report: EvaluationReport): Promise<void> {
  if (args.markdown !== undefined) {
    const { renderEvaluationMarkdown } = await import('#cli/output/render-evaluation-markdown.ts');
    await writeFile(args.markdown, renderEvaluationMarkdown(report));
  }
  if (args.html !== undefined) {
    const { renderEvaluationHtml } = await import('#cli/output/render-evaluation-html.ts');
    await writeFile(args.html, renderEvaluationHtml(report));
  }
}

/** A method's name without folders and white space, as it stands in tables and in the last column of runs. */
function tagOf(method: string): string {
  return basename(method).replace(/\s+/g, '-');
}
