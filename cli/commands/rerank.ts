import { defineCommand } from 'citty';
import { type CommandIo, commandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { adapterConfigOf } from '#cli/engine/adapter-config-of.ts';
import { blendPairs } from '#cli/engine/blend-pairs.ts';
import { chooseCalibration } from '#cli/engine/choose-calibration.ts';
import { chunkFlags } from '#cli/engine/chunk-flags.ts';
import { engineFlags, parseServingFlags, precisionFlag, type ServingSettings } from '#cli/engine/engine-flags.ts';
import { mapInOrder } from '#cli/engine/map-in-order.ts';
import { loadAdapterFile, readAdapterFile, withEngine } from '#cli/engine/open-engine.ts';
import { parseScoringFlags, scoringFlags } from '#cli/engine/scoring-flags.ts';
import { taskOptions } from '#cli/engine/task-options.ts';
import { explainRanking, type RankingExplanation } from '#cli/explain/explain-ranking.ts';
import { renderExplanations } from '#cli/explain/render-explanations.ts';
import { type InputDocument, readDocuments } from '#cli/inputs/read-documents.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { type RankedDocument, rankDocuments } from '#cli/output/rank-documents.ts';
import { renderRanking } from '#cli/output/render-ranking.ts';
import { defaultTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import type { PairScore, Precision, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { limits } from '#shared/limits.ts';

export const rerankCommand = defineCommand({
  meta: {
    name: 'rerank',
    description:
      'Order documents by how well each explains the query, best first, with their relevance scores in (0, 1)',
  },
  args: {
    query: { type: 'string', required: true, valueHint: 'TEXT', description: 'What the documents are ranked for.' },
    documents: {
      type: 'string',
      required: true,
      valueHint: 'FILE.jsonl',
      description:
        'A string or {"text", "id", "title"} a line; - is standard input. The id may be left out: it is then the line number.',
    },
    adapter: { type: 'string', valueHint: 'FILE', description: 'A Q-PEFT adapter (safetensors).' },
    'top-n': { type: 'string', valueHint: 'N', description: 'Show the best N only.' },
    'with-title': { type: 'boolean', description: 'Score "title. text" instead of the text alone.' },
    explain: {
      type: 'boolean',
      description: `For the best ${limits.explainedResultsMax} shown: what each token of the query is worth with and without the document, and the hints of an adapter.`,
    },
    json: { type: 'boolean', description: 'JSON instead of a table.' },
    ...scoringFlags,
    ...chunkFlags,
    ...engineFlags,
    precision: precisionFlag(
      'auto',
      'auto is int8 where the processor has 8-bit dot products, else fp32, the reference',
    ),
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const settings = parseServingFlags(args);
    const { scoring, calibration: fromFile } = await parseScoringFlags(args);
    const adapter = args.adapter === undefined ? undefined : await readAdapterFile(args.adapter);
    const topN = args['top-n'] === undefined ? undefined : parseInteger('top-n', args['top-n'], 1, 1_000_000);
    const query = checkQuery(args.query);
    const documents = await readDocuments(args.documents, io);
    const { ranking, explanations, precision } = await withEngine(settings, io, async (engine) => {
      const adapterDigest = adapter && (await loadAdapterFile(engine, adapter));
      const texts = documents.map((document) =>
        args['with-title'] === true && document.title ? `${document.title}. ${document.text}` : document.text,
      );
      const { template, calibration: fromAdapter } = adapter === undefined ? {} : adapterConfigOf(adapter);
      const { modelFingerprint } = engine.info;
      const calibration = chooseCalibration({ scoring, fromFile, fromAdapter, modelFingerprint }, io);
      const task = { query, template: settings.template ?? template ?? defaultTemplate };
      const pairs = await scoreTexts(engine, query, texts, settings, adapterDigest, io);
      const blend = calibration && {
        calibration,
        queryLogLikelihood: await engine.queryLogLikelihood(task, { signal: io.signal }),
        firstStageScores: documents.map(({ firstStageScore }) => firstStageScore),
      };
      const ranking = rankDocuments(documents, blendPairs(pairs, blend)).slice(0, topN);
      const { precision } = engine.info;
      if (args.explain !== true) return { ranking, explanations: [], precision };
      const options = taskOptions(settings, adapterDigest);
      const explained = { engine, ...task, ranking, texts, options, signal: io.signal };
      return { ranking, explanations: await explainRanking(explained), precision };
    });
    await io.print(
      args.json === true
        ? `${JSON.stringify(shapeJson(query, ranking, explanations, precision), null, 2)}\n`
        : renderRanking(ranking, io.stdout.columns ?? 100) +
            renderExplanations(
              explanations,
              ranking.map(({ document }) => document.id),
            ),
    );
  },
});

function checkQuery(query: string): string {
  if (query.trim() === '') throw new UsageError('--query is empty.');
  if (query.length <= limits.queryCharactersMax) return query;
  throw new UsageError(`--query has ${query.length} characters; at most ${limits.queryCharactersMax} are scored.`);
}

async function scoreTexts(
  engine: ScoringEngine,
  query: string,
  texts: readonly string[],
  settings: ServingSettings,
  adapterDigest: string | undefined,
  io: CommandIo,
): Promise<PairScore[]> {
  const options = taskOptions(settings, adapterDigest);
  const bar = createProgressBar(io, 'scoring');
  const scores: PairScore[] = [];
  try {
    const results = mapInOrder(texts, engine.info.threads * 2, (document) =>
      engine.score({ document, queries: [query], ...options }, { signal: io.signal }),
    );
    for await (const result of results) {
      scores.push(...result);
      bar.update(scores.length, texts.length);
    }
  } finally {
    bar.stop();
  }
  return scores;
}

function shapeJson(
  query: string,
  ranking: readonly RankedDocument<InputDocument>[],
  explanations: readonly RankingExplanation[],
  precision: Precision,
) {
  return {
    query,
    precision,
    results: ranking.map(({ document, index, pair, relevanceScore }, position) => ({
      rank: position + 1,
      index,
      id: document.id,
      relevance_score: relevanceScore,
      mean_log_likelihood: pair.meanLogLikelihood,
      lexical_match: pair.lexicalMatch,
      document_tokens: pair.documentTokens,
      truncated: pair.truncated,
      ...(pair.chunk === undefined ? {} : { chunk: pair.chunk }),
      ...(explanations[position] === undefined ? {} : { explanation: shapeExplanation(explanations[position]) }),
    })),
  };
}

/** As the API has it. */
function shapeExplanation({ tokens, hints }: RankingExplanation) {
  if (hints === undefined) return { tokens };
  const hintTokens = hints.tokens.map(({ queryToken, ...token }) => ({ ...token, query_token: queryToken }));
  return { tokens, hints: { method: hints.method, tokens: hintTokens } };
}
