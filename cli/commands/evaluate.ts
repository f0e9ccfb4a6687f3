import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { engineFlags, isTemplateName, parseEngineFlags, precisionFlag } from '#cli/engine/engine-flags.ts';
import { type AdapterFile, loadAdapterFile, readAdapterFile, withEngine } from '#cli/engine/open-engine.ts';
import { taskOptions } from '#cli/engine/task-options.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { type EvaluationReport, renderEvaluation, shapeEvaluation } from '#cli/output/render-evaluation.ts';
import { compareRuns } from '#gpu-worker/evaluation/compare-runs.ts';
import { limitRun } from '#gpu-worker/evaluation/limit-run.ts';
import { readBeirFolder } from '#gpu-worker/evaluation/read-beir-folder.ts';
import { readTrecRun } from '#gpu-worker/evaluation/read-trec-run.ts';
import { rerankRun } from '#gpu-worker/evaluation/rerank-run.ts';
import { summariseRun } from '#gpu-worker/evaluation/summarise-run.ts';
import { writeTrecRun } from '#gpu-worker/evaluation/write-trec-run.ts';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';
import { templateNames } from '#gpu-worker/q-peft/template-registry.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export const evaluateCommand = defineCommand({
  meta: {
    name: 'evaluate',
    description: 'Rerank a TREC run over a BEIR folder; nDCG@10, Hit@1 and MRR@10 of both rankings side by side',
  },
  args: {
    data: {
      type: 'string',
      required: true,
      valueHint: 'DIR',
      description: 'Folder with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv.',
    },
    run: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'TREC run of the first stage: query Q0 document rank score tag.',
    },
    depth: {
      type: 'string',
      default: '20',
      valueHint: 'N',
      description: 'Documents of each query that are reranked; the rest is dropped.',
    },
    method: {
      type: 'string',
      default: 'clean-1',
      valueHint: 'clean-1|upr-1|ADAPTER_FILE',
      description: 'A template without an adapter, or an adapter file.',
    },
    split: { type: 'string', default: 'test', valueHint: 'NAME', description: 'Which file of qrels/ judges.' },
    output: {
      type: 'string',
      valueHint: 'RUN.trec',
      description: 'Write the reranked run, with mean log-likelihoods (nats per query token).',
    },
    compare: {
      type: 'string',
      valueHint: 'RUN.trec',
      description: 'Also compare the scores, pair by pair, with those of this run.',
    },
    'limit-queries': { type: 'string', valueHint: 'N', description: 'Only the first N queries of the run.' },
    'with-title': {
      type: 'boolean',
      description: 'Score "title. text" (as the published SciFact figures do) instead of the text alone.',
    },
    json: { type: 'boolean', description: 'JSON instead of a table.' },
    ...engineFlags,
    'max-tokens-per-doc': {
      ...engineFlags['max-tokens-per-doc'],
      default: '160',
      description: 'Tokens of a document that are read, from its start.',
    },
    precision: precisionFlag('fp32', 'fp32 is the reference, int8 about three times as fast'),
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const settings = parseEngineFlags(args);
    const depth = parseInteger('depth', args.depth, 1, 10_000);
    const queriesMax =
      args['limit-queries'] === undefined
        ? undefined
        : parseInteger('limit-queries', args['limit-queries'], 1, 1_000_000_000);
    const template = isTemplateName(args.method) ? args.method : undefined;
    const adapter = template === undefined ? await readMethodFile(args.method) : undefined;
    if (args.output !== undefined) await checkOutputPath(args.output);
    const firstStage = limitRun(await readTrecRun(args.run), queriesMax);
    const candidates = limitRun(firstStage, undefined, depth);
    const reference = args.compare === undefined ? undefined : await readTrecRun(args.compare);
    const { documents, queries, judgements } = await readBeirFolder(args.data, {
      split: args.split,
      documentIds: new Set([...candidates.values()].flatMap((entries) => entries.map((entry) => entry.documentId))),
      queryIds: new Set(candidates.keys()),
    });
    if (summariseRun(firstStage, judgements).queries === 0) {
      throw new ServiceError(
        'invalid_request',
        `No query of ${args.run} has a relevant document in qrels/${args.split}.tsv of ${args.data}.`,
      );
    }

    const report = await withEngine(settings, io, async (engine): Promise<EvaluationReport> => {
      const adapterDigest = adapter && (await loadAdapterFile(engine, adapter));
      const bar = createProgressBar(io, 'scoring pairs', true);
      const startMs = performance.now();
      const reranked = await rerankRun(engine, {
        run: candidates,
        queries,
        documents,
        withTitle: args['with-title'] === true,
        signal: io.signal,
        ...taskOptions(template === undefined ? settings : { ...settings, template }, adapterDigest),
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => bar.stop());
      const seconds = (performance.now() - startMs) / 1000;
      const method = basename(args.method).replace(/\s+/g, '-');
      if (args.output !== undefined) await writeTrecRun(args.output, reranked, method);
      return {
        method,
        precision: settings.precision,
        threads: settings.threads,
        cores: availableParallelism(),
        depth,
        maxTokensPerDoc: settings.maxTokensPerDoc,
        pairs: [...reranked.values()].reduce((sum, entries) => sum + entries.length, 0),
        documents: documents.size,
        seconds,
        firstStage: summariseRun(firstStage, judgements),
        reranked: summariseRun(reranked, judgements),
        ...(reference === undefined ? {} : { comparison: compareRuns(reranked, reference) }),
      };
    });
    await io.print(
      args.json === true ? `${JSON.stringify(shapeEvaluation(report), null, 2)}\n` : renderEvaluation(report),
    );
  },
});

async function readMethodFile(method: string): Promise<AdapterFile> {
  try {
    return await readAdapterFile(method);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new UsageError(
      `--method is neither a template (${templateNames.join(', ')}) nor an adapter file: "${method}".`,
    );
  }
}
