import type { BeirDocument } from '#gpu-worker/evaluation/read-beir-folder.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { PairScore, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';

/** What documents are scored with; neither: the base model under its default template. */
export interface ScoringMethod {
  readonly template?: TemplateName;
  readonly adapterDigest?: string;
}

export interface ScoreRunOptions {
  readonly run: TrecRun;
  readonly queries: ReadonlyMap<string, string>;
  readonly documents: ReadonlyMap<string, BeirDocument>;
  /** What of a document is scored: its text alone, or `title. text`. */
  readonly withTitle: boolean;
  readonly maxTokensPerDoc?: number;
  /** Absent: each document in one piece. */
  readonly chunks?: ChunkSettings | undefined;
  readonly signal?: AbortSignal;
  /** Called after each document and method with the pairs scored so far. */
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

/** Documents that are asked for at once, for each thread: enough that their suffixes fill the runs, and that every thread is busy while results travel. */
const documentsPerThread = 8;

/** Scores every document of every query with `engine`, by one method. */
export async function scoreRunPairs(
  engine: ScoringEngine,
  options: ScoreRunOptions & ScoringMethod,
): Promise<ScoredPairs> {
  const [pairs = new Map()] = await scoreRunPairsByMethods(engine, options, [options]);
  return pairs;
}

/**
 * Scores every document of every query with each method; one result a method, in order. All queries and methods of a document are asked for before the
 * next document, so that its prefix is computed once for all methods with the same template, whatever the engine has room to keep.
 */
export async function scoreRunPairsByMethods(
  engine: ScoringEngine,
  options: ScoreRunOptions,
  methods: readonly ScoringMethod[],
): Promise<ScoredPairs[]> {
  const work = groupByDocument(options.run);
  const totalPairs = work.reduce((sum, item) => sum + item.queryIds.length, 0) * methods.length;
  const scores = methods.map(() => new Map<string, ScoredPair[]>([...options.run.keys()].map((id) => [id, []])));
  const { signal } = options;
  let scoredPairs = 0;
  let next = 0;

  const scoreWith = async (item: DocumentWork, method: ScoringMethod, own: Map<string, ScoredPair[]> | undefined) => {
    const results = await engine.score(taskFor(item, options, method), signal === undefined ? {} : { signal });
    for (const [index, score] of results.entries()) {
      own?.get(item.queryIds[index] ?? '')?.push({ documentId: item.documentId, score });
    }
    scoredPairs += results.length;
    options.onProgress?.(scoredPairs, totalPairs);
  };
  const scoreUntilDone = async (): Promise<void> => {
    for (let item = work[next++]; item !== undefined; item = work[next++]) {
      signal?.throwIfAborted();
      const document = item;
      await Promise.all(methods.map((method, index) => scoreWith(document, method, scores[index])));
    }
  };
  await Promise.all(Array.from({ length: engine.info.threads * documentsPerThread }, scoreUntilDone));
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

function taskFor(item: DocumentWork, options: ScoreRunOptions, { template, adapterDigest }: ScoringMethod) {
  const document = options.documents.get(item.documentId) ?? { title: '', text: '' };
  return {
    document: options.withTitle && document.title !== '' ? `${document.title}. ${document.text}` : document.text,
    queries: item.queryIds.map((queryId) => options.queries.get(queryId) ?? ''),
    ...(template === undefined ? {} : { template }),
    ...(adapterDigest === undefined ? {} : { adapterDigest }),
    ...(options.chunks === undefined ? {} : { chunks: options.chunks }),
    ...(options.maxTokensPerDoc === undefined ? {} : { maxTokensPerDoc: options.maxTokensPerDoc }),
  };
}
