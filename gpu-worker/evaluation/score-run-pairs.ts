import type { BeirDocument } from '#gpu-worker/evaluation/read-beir-folder.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { PairScore, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';

export interface ScoreRunOptions {
  readonly run: TrecRun;
  readonly queries: ReadonlyMap<string, string>;
  readonly documents: ReadonlyMap<string, BeirDocument>;
  /** What of a document is scored: its text alone, or `title. text`. */
  readonly withTitle: boolean;
  readonly template?: TemplateName;
  readonly adapterDigest?: string;
  readonly maxTokensPerDoc?: number;
  readonly signal?: AbortSignal;
  /** Called after each document with the pairs scored so far. */
  readonly onProgress?: (scoredPairs: number, totalPairs: number) => void;
}

/** The pairs of a run, by query, in no order. */
export type ScoredPairs = ReadonlyMap<string, readonly ScoredPair[]>;

export interface ScoredPair {
  readonly documentId: string;
  readonly score: PairScore;
}

interface DocumentWork {
  readonly documentId: string;
  readonly queryIds: string[];
}

/** Scores every document of every query with `engine`. One task per document holds all its queries, so that its prefix is computed once. */
export async function scoreRunPairs(engine: ScoringEngine, options: ScoreRunOptions): Promise<ScoredPairs> {
  const work = groupByDocument(options.run);
  const totalPairs = work.reduce((sum, item) => sum + item.queryIds.length, 0);
  const scores = new Map<string, ScoredPair[]>([...options.run.keys()].map((queryId) => [queryId, []]));
  const { signal } = options;
  let scoredPairs = 0;
  let next = 0;

  const scoreUntilDone = async (): Promise<void> => {
    for (let item = work[next++]; item !== undefined; item = work[next++]) {
      signal?.throwIfAborted();
      const results = await engine.score(taskFor(item, options), signal === undefined ? {} : { signal });
      for (const [index, score] of results.entries()) {
        scores.get(item.queryIds[index] ?? '')?.push({ documentId: item.documentId, score });
      }
      scoredPairs += results.length;
      options.onProgress?.(scoredPairs, totalPairs);
    }
  };
  // Two tasks a thread keep every thread busy while results travel; more would only wait in the engine's queue.
  await Promise.all(Array.from({ length: engine.info.threads * 2 }, scoreUntilDone));
  return scores;
}

/** Documents with the most queries first: the last tasks are then the short ones, and the threads end together. */
function groupByDocument(run: TrecRun): DocumentWork[] {
  const documents = new Map<string, string[]>();
  for (const [queryId, entries] of run) {
    for (const { documentId } of entries) {
      const queryIds = documents.get(documentId) ?? [];
      queryIds.push(queryId);
      documents.set(documentId, queryIds);
    }
  }
  return [...documents]
    .map(([documentId, queryIds]) => ({ documentId, queryIds }))
    .sort((a, b) => b.queryIds.length - a.queryIds.length);
}

function taskFor(item: DocumentWork, options: ScoreRunOptions) {
  const document = options.documents.get(item.documentId) ?? { title: '', text: '' };
  return {
    document: options.withTitle && document.title !== '' ? `${document.title}. ${document.text}` : document.text,
    queries: item.queryIds.map((queryId) => options.queries.get(queryId) ?? ''),
    ...(options.template === undefined ? {} : { template: options.template }),
    ...(options.adapterDigest === undefined ? {} : { adapterDigest: options.adapterDigest }),
    ...(options.maxTokensPerDoc === undefined ? {} : { maxTokensPerDoc: options.maxTokensPerDoc }),
  };
}
