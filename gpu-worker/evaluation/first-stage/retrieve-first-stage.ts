import { basename } from 'node:path';
import { readBeirCorpus } from '#gpu-worker/evaluation/beir/read-beir-corpus.ts';
import { hasRelevant, readBeirJudgements } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { readBeirQueries } from '#gpu-worker/evaluation/beir/read-beir-queries.ts';
import { type Bm25Parameters, describeBm25 } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import { buildBm25Index } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { drawRandomDocuments } from '#gpu-worker/evaluation/first-stage/random-first-stage.ts';
import { searchBm25 } from '#gpu-worker/evaluation/first-stage/search-bm25.ts';
import { limitRun } from '#gpu-worker/evaluation/limit-run.ts';
import { readTrecRun } from '#gpu-worker/evaluation/read-trec-run.ts';
import type { RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** Where the candidates come from. A dense retriever is a run file. */
export type FirstStageChoice =
  | { readonly kind: 'bm25'; readonly parameters: Bm25Parameters }
  | { readonly kind: 'random'; readonly seed: number }
  | { readonly kind: 'run'; readonly path: string };

export interface FirstStageOptions {
  /** A BEIR folder, and the split whose judged queries are asked (a run file asks its own). */
  readonly folder: string;
  readonly split: string;
  /** Candidates of each query. */
  readonly depth: number;
  readonly queriesMax?: number | undefined;
}

export interface FirstStage {
  /** With every parameter that its figures depend on. */
  readonly description: string;
  readonly run: TrecRun;
}

/** The first `depth` documents of each query: of a run file, or found in the whole corpus of the folder for each query of the split that has a relevant document. */
export async function retrieveFirstStage(choice: FirstStageChoice, options: FirstStageOptions): Promise<FirstStage> {
  const { depth, queriesMax } = options;
  if (choice.kind === 'run') {
    const run = limitRun(await readTrecRun(choice.path), queriesMax, depth);
    return { description: `the run ${basename(choice.path)}`, run };
  }
  if (choice.kind === 'bm25') {
    const index = await buildBm25Index(readBeirCorpus(options.folder), choice.parameters);
    const run = await askQueries(options, (_, query) => searchBm25(index, query, depth));
    return { description: describeBm25(choice.parameters), run };
  }
  const documentIds = (await Array.fromAsync(readBeirCorpus(options.folder))).map((document) => document.documentId);
  const run = await askQueries(options, (queryId) => drawRandomDocuments(documentIds, queryId, depth, choice.seed));
  return { description: `random documents (seed ${choice.seed})`, run };
}

async function askQueries(
  { folder, split, queriesMax }: FirstStageOptions,
  search: (queryId: string, query: string) => RunEntry[],
): Promise<TrecRun> {
  const judgements = await readBeirJudgements(folder, split);
  const queryIds = [...judgements.keys()].filter((id) => hasRelevant(judgements.get(id))).slice(0, queriesMax);
  const wanted = new Set(queryIds);
  const queries = await readBeirQueries(folder, (queryId) => wanted.has(queryId));
  return new Map(queryIds.map((queryId) => [queryId, search(queryId, queries.get(queryId) ?? '')]));
}
