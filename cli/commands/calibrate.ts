import { basename, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { adapterConfigOf } from '#cli/engine/adapter-config-of.ts';
import { engineFlags, parseServingFlags, precisionFlag } from '#cli/engine/engine-flags.ts';
import { loadAdapterFile, readAdapterFile, withEngine } from '#cli/engine/open-engine.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { renderCalibrationReport, shapeCalibrationReport } from '#cli/output/render-calibration.ts';
import { calibrateModel } from '#gpu-worker/calibration/calibrate-model.ts';
import { loadJudgedRun } from '#gpu-worker/calibration/load-judged-run.ts';
import { bm25Defaults } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import type { FirstStageChoice } from '#gpu-worker/evaluation/first-stage/retrieve-first-stage.ts';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';
import { defaultTemplate } from '#gpu-worker/q-peft/template-registry.ts';

export const calibrateCommand = defineCommand({
  meta: {
    name: 'calibrate',
    description:
      'Fit the constants that make blended scores probabilities of relevance, and measure them on held-out queries',
  },
  args: {
    data: {
      type: 'string',
      required: true,
      valueHint: 'DIR',
      description: 'Folder with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv.',
    },
    split: {
      type: 'string',
      default: 'train',
      valueHint: 'NAME',
      description: 'Split that the constants are fitted on.',
    },
    'held-out-split': {
      type: 'string',
      default: 'dev',
      valueHint: 'NAME',
      description: 'Split that they are measured on.',
    },
    run: { type: 'string', valueHint: 'RUN.trec', description: 'Candidates of the first split. Without it: BM25.' },
    'held-out-run': {
      type: 'string',
      valueHint: 'RUN.trec',
      description: 'Candidates of the second split. Without it: BM25.',
    },
    depth: { type: 'string', default: '20', valueHint: 'N', description: 'Candidates of each query.' },
    queries: {
      type: 'string',
      default: '200',
      valueHint: 'N',
      description: 'Queries at most that the constants are fitted on.',
    },
    'held-out-queries': {
      type: 'string',
      default: '100',
      valueHint: 'N',
      description: 'Queries at most that they are measured on.',
    },
    seed: { type: 'string', default: '0', valueHint: 'N', description: 'Draws the queries.' },
    'with-first-stage': {
      type: 'boolean',
      description: "Also fit constants for documents that bring the first stage's score (documents[].score).",
    },
    'with-title': { type: 'boolean', description: 'Score "title. text" instead of the text alone.' },
    adapter: {
      type: 'string',
      valueHint: 'FILE',
      description: 'A Q-PEFT adapter (safetensors). Without it: the base model.',
    },
    output: { type: 'string', valueHint: 'FILE.json', description: 'Write the constants.' },
    json: { type: 'boolean', description: 'JSON, with the constants and the ten bins, instead of a table.' },
    ...engineFlags,
    'max-tokens-per-doc': {
      ...engineFlags['max-tokens-per-doc'],
      default: '160',
      description: 'Tokens of a document that are read, from its start.',
    },
    precision: precisionFlag(
      'auto',
      'the one that will serve; auto is int8 where the processor has 8-bit dot products, else fp32',
    ),
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const settings = parseServingFlags(args);
    const shared = {
      folder: args.data,
      depth: parseInteger('depth', args.depth, 1, 10_000),
      seed: parseInteger('seed', args.seed, 0, 2 ** 31 - 1),
    };
    const adapter = args.adapter === undefined ? undefined : await readAdapterFile(args.adapter);
    if (args.output !== undefined) await checkOutputPath(args.output);
    const fit = await loadJudgedRun({
      ...shared,
      split: args.split,
      firstStage: choose(args.run),
      queriesMax: parseInteger('queries', args.queries, 1, 1_000_000),
    });
    const heldOut = await loadJudgedRun({
      ...shared,
      split: args['held-out-split'],
      firstStage: choose(args['held-out-run']),
      queriesMax: parseInteger('held-out-queries', args['held-out-queries'], 1, 1_000_000),
    });
    const adapterTemplate = adapter && adapterConfigOf(adapter).template;
    const report = await withEngine(settings, io, async (engine) => {
      const adapterDigest = adapter && (await loadAdapterFile(engine, adapter));
      const bar = createProgressBar(io, 'scoring pairs', true);
      return calibrateModel(engine, {
        fit,
        heldOut,
        origin: { data: basename(resolve(args.data)), split: args.split, date: new Date().toISOString().slice(0, 10) },
        template: settings.template ?? adapterTemplate ?? defaultTemplate,
        ...(adapterDigest === undefined ? {} : { adapterDigest }),
        maxTokensPerDoc: settings.maxTokensPerDoc,
        withTitle: args['with-title'] === true,
        withFirstStage: args['with-first-stage'] === true,
        signal: io.signal,
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => bar.stop());
    });
    const { output } = args;
    if (output !== undefined) {
      await writeAtomically(output, (write) => write(`${JSON.stringify(report.calibration, null, 2)}\n`));
    }
    await io.print(
      args.json === true
        ? `${JSON.stringify(shapeCalibrationReport(report), null, 2)}\n`
        : renderCalibrationReport(report),
    );
  },
});

function choose(run: string | undefined): FirstStageChoice {
  return run === undefined ? { kind: 'bm25', parameters: bm25Defaults } : { kind: 'run', path: run };
}
