import { basename } from 'node:path';
import { damageQuery } from '#cli/study/candidates/damage-query.ts';
import { lengthenDocuments } from '#cli/study/candidates/lengthen-documents.ts';
import { placeRelevant } from '#cli/study/candidates/place-relevant.ts';
import type { StudyData } from '#cli/study/candidates/study-data.ts';
import type { StudyCandidates, StudyFirstStage, StudySizes } from '#cli/study/study.ts';
import { bm25Defaults, describeBm25 } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import { drawRandomDocuments } from '#gpu-worker/evaluation/first-stage/random-first-stage.ts';
import { searchBm25 } from '#gpu-worker/evaluation/first-stage/search-bm25.ts';
import { keepAnswerable } from '#gpu-worker/evaluation/keep-answerable.ts';
import { type BeirDocument, readBeirFolder } from '#gpu-worker/evaluation/read-beir-folder.ts';
import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import type { Judgements, RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** Candidates with their texts, ready to be scored. */
export interface CandidateSet {
  readonly description: string;
  readonly run: TrecRun;
  readonly documents: ReadonlyMap<string, BeirDocument>;
  readonly maxTokensPerDoc: number;
  /** Queries that were left out, since their candidates hold no relevant document. */
  readonly unanswerable: number;
}

/** Of the random first stage, and of the distractors. */
const seed = 0;

/** Enough that hardly two long documents share a distractor; all of them are held in memory. */
const distractorsMax = 2_000;

/** @throws ServiceError `invalid_request` naming a document that the folder lacks */
export async function buildCandidateSet(
  data: StudyData,
  { firstStage, passages, answerableOnly }: StudyCandidates,
  { depth, maxTokensPerDoc }: Pick<StudySizes, 'depth' | 'maxTokensPerDoc'>,
): Promise<CandidateSet> {
  const whole: TrecRun = new Map(
    [...data.queries].map(([id, query]) => [id, retrieve(data, firstStage, id, query, depth)]),
  );
  const run = answerableOnly ? keepAnswerable(whole, data.judgements) : whole;
  const documents = await readDocuments(
    data,
    [...run.values()].flat().map(({ documentId }) => documentId),
  );
  return {
    description: describe(firstStage),
    run,
    documents: passages === undefined ? documents : lengthenDocuments(documents, passages, await readDistractors(data)),
    maxTokensPerDoc: maxTokensPerDoc * (passages ?? 1),
    unanswerable: whole.size - run.size,
  };
}

function retrieve(
  { index, judgements, run }: StudyData,
  firstStage: StudyFirstStage,
  queryId: string,
  query: string,
  depth: number,
): RunEntry[] {
  switch (firstStage.kind) {
    case 'bm25':
      return searchBm25(index, damageQuery(queryId, query, firstStage.queryShare), depth);
    case 'random':
      return placeRelevant(
        drawRandomDocuments(index.documentIds, queryId, depth, seed),
        relevantOf(judgements, queryId),
        queryId,
      );
    case 'run':
      return (run?.get(queryId) ?? []).slice(0, depth);
  }
}

function relevantOf(judgements: Judgements, queryId: string): string[] {
  return [...(judgements.get(queryId) ?? [])].filter(([, gain]) => gain > 0).map(([documentId]) => documentId);
}

function describe(firstStage: StudyFirstStage): string {
  switch (firstStage.kind) {
    case 'bm25':
      return firstStage.queryShare === 1
        ? describeBm25(bm25Defaults)
        : `BM25 of ${firstStage.queryShare * 100} % of the words`;
    case 'random':
      return 'random documents with a relevant one among them';
    case 'run':
      return `the run ${basename(firstStage.path)}`;
  }
}

async function readDocuments(data: StudyData, ids: readonly string[]): Promise<ReadonlyMap<string, BeirDocument>> {
  const selection = { split: 'test', documentIds: new Set(ids), queryIds: new Set<string>() };
  return (await readBeirFolder(data.folder, selection)).documents;
}

/** Passages that answer none of the test queries. */
function readDistractors(data: StudyData): Promise<ReadonlyMap<string, BeirDocument>> {
  const relevant = new Set([...data.queries.keys()].flatMap((queryId) => relevantOf(data.judgements, queryId)));
  const ids = data.index.documentIds.filter((documentId) => !relevant.has(documentId));
  return readDocuments(data, seededOrder(ids, seed, (id) => id).slice(0, distractorsMax));
}
