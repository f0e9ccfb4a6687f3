import type { CandidateSet } from '#cli/study/candidates/build-candidate-set.ts';
import { type CellPair, MeasuredCellFile } from '#cli/study/cells/measured-cell-file.ts';
import { scoreRunPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';

/** One scorer on a set of candidates. */
export interface ScoringCell {
  readonly digest: string;
  readonly description: string;
  readonly method: { readonly template: TemplateName } | { readonly adapterDigest: string };
}

export interface MeasureOptions {
  readonly folder: string;
  readonly queries: ReadonlyMap<string, string>;
  readonly withTitle: boolean;
  readonly signal: AbortSignal;
  /** Called with the pairs that were scored since the last call. */
  readonly onScored: (pairs: number) => void;
}

/** Documents that are scored by all methods before the next ones are: few enough that their prefixes stay in a cache, enough to keep all threads busy. */
const chunkDocuments = 24;

/** Scores the cells of one set of candidates together, chunk by chunk, and keeps each in its file. */
export async function measureCells(
  engine: ScoringEngine,
  set: CandidateSet,
  cells: readonly ScoringCell[],
  options: MeasureOptions,
): Promise<void> {
  const open = cells.map((cell) => {
    const file = new MeasuredCellFile(options.folder, cell.digest);
    return { cell, file, chunks: file.readChunks() };
  });
  for (const [chunk, run] of chunksOf(set.run).entries()) {
    for (const { cell, file, chunks } of open) {
      if (chunks.has(chunk)) continue;
      const pairs = await scoreChunk(engine, set, run, cell, options);
      await file.addChunk(chunk, pairs);
      chunks.set(chunk, pairs);
      options.onScored(pairs.length);
    }
  }
  for (const { cell, file, chunks } of open) await file.finish(cell.description, [...chunks.values()].flat());
}

/** The run in parts of a few documents each, which hold all queries of these documents. */
function chunksOf(run: TrecRun): TrecRun[] {
  const documentIds = [...new Set([...run.values()].flat().map(({ documentId }) => documentId))];
  return Array.from({ length: Math.ceil(documentIds.length / chunkDocuments) }, (_, chunk) => {
    const held = new Set(documentIds.slice(chunk * chunkDocuments, (chunk + 1) * chunkDocuments));
    const parts = [...run].map(
      ([queryId, entries]) => [queryId, entries.filter(({ documentId }) => held.has(documentId))] as const,
    );
    return new Map(parts.filter(([, entries]) => entries.length > 0));
  });
}

async function scoreChunk(
  engine: ScoringEngine,
  { documents, maxTokensPerDoc }: CandidateSet,
  run: TrecRun,
  { method }: ScoringCell,
  { queries, withTitle, signal }: MeasureOptions,
): Promise<CellPair[]> {
  const scored = await scoreRunPairs(engine, {
    run,
    queries,
    documents,
    withTitle,
    maxTokensPerDoc,
    signal,
    ...method,
  });
  return [...scored].flatMap(([queryId, pairs]) =>
    pairs.map(({ documentId, score }): CellPair => [queryId, documentId, score.meanLogLikelihood]),
  );
}
