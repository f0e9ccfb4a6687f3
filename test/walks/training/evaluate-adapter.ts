import { join } from 'node:path';
import { z } from 'zod';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import { runHintrank } from '#test/command-line/run-hintrank.ts';
import type { JobDevQueries } from '#test/walks/training/job-dev-queries.ts';
import { writeBeirFolder } from '#test/walks/training/write-beir-folder.ts';

export interface AdapterToEvaluate {
  /** The adapter's file. */
  readonly adapterPath: string;
  readonly modelPath: string;
  readonly dev: JobDevQueries;
  readonly settings: Pick<TrainingSettings, 'devDepth' | 'maxTokensPerDoc'>;
  /** Gets the dev queries as a BEIR folder. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

const ranking = z.looseObject({ ndcg_at_10: z.number() });
const outputSchema = z.looseObject({ queries: z.number(), reranked: ranking, compared: ranking });

export interface EvaluatedFigures {
  readonly queries: number;
  /** Mean nDCG@10. */
  readonly base: number;
  readonly adapter: number;
}

/** `hintrank evaluate` of adapter and base model over the dev queries, BM25's candidates found by itself. Throws an Error with its message when it fails. */
export async function evaluateAdapter(options: AdapterToEvaluate): Promise<EvaluatedFigures> {
  const { adapterPath, modelPath, dev, settings, say } = options;
  const queries = dev.examples.map(({ query, positives }, index) => ({
    id: `q${index}`,
    text: query,
    relevant: positives,
  }));
  const folder = await writeBeirFolder(join(options.folder, 'dev-queries'), {
    documents: dev.documents,
    parts: { dev: queries },
  });
  const { devDepth, maxTokensPerDoc } = settings;
  const flags = `--split dev --first-stage bm25 --depth ${devDepth} --max-tokens-per-doc ${maxTokensPerDoc} --compare clean-1`;
  say(`\nhintrank evaluate --data DEV_QUERIES ${flags} --method ADAPTER`);
  const words = ['evaluate', '--data', folder, ...flags.split(' '), '--method', adapterPath, '--model', modelPath];
  const { exitCode, stdout, stderr } = await runHintrank([...words, '--json']);
  if (exitCode !== 0) throw new Error(`hintrank evaluate ended with ${exitCode}: ${stderr}`);
  const output = outputSchema.parse(JSON.parse(stdout));
  const { queries: count, reranked, compared } = output;
  say(`  ${count} queries: nDCG@10 ${compared.ndcg_at_10} → ${reranked.ndcg_at_10}`);
  return { queries: count, base: compared.ndcg_at_10, adapter: reranked.ndcg_at_10 };
}
