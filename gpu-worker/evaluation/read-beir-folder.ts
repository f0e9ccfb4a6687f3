import { beirCorpusPath, readBeirCorpus } from '#gpu-worker/evaluation/beir/read-beir-corpus.ts';
import { readBeirJudgements } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { beirQueriesPath, readBeirQueries } from '#gpu-worker/evaluation/beir/read-beir-queries.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface BeirDocument {
  readonly title: string;
  readonly text: string;
}

export interface BeirData {
  readonly documents: ReadonlyMap<string, BeirDocument>;
  readonly queries: ReadonlyMap<string, string>;
  readonly judgements: Judgements;
}

export interface BeirSelection {
  /** Names the file of `qrels/`. */
  readonly split: string;
  /** Only these are kept in memory: a BEIR corpus may hold millions of documents, a run names thousands. */
  readonly documentIds: ReadonlySet<string>;
  readonly queryIds: ReadonlySet<string>;
}

/**
 * Reads the chosen part of a folder in BEIR's layout: `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv` (with or without its header line).
 * @throws ServiceError `invalid_request` naming file, line and reason, or the document or query that is missing
 */
export async function readBeirFolder(folder: string, selection: BeirSelection): Promise<BeirData> {
  const documents = new Map<string, BeirDocument>();
  for await (const { documentId, title, text } of readBeirCorpus(folder))
    if (selection.documentIds.has(documentId)) documents.set(documentId, { title, text });
  requireAll(selection.documentIds, documents, `documents of the run`, beirCorpusPath(folder));

  const queries = await readBeirQueries(folder, (queryId) => selection.queryIds.has(queryId));
  requireAll(selection.queryIds, queries, `queries of the run`, beirQueriesPath(folder));

  return { documents, queries, judgements: await readBeirJudgements(folder, selection.split) };
}

function requireAll(
  wanted: ReadonlySet<string>,
  found: ReadonlyMap<string, unknown>,
  what: string,
  path: string,
): void {
  const missing = [...wanted].filter((id) => !found.has(id));
  if (missing.length === 0) return;
  throw new ServiceError(
    'invalid_request',
    `${missing.length} of the ${wanted.size} ${what} are not in ${path}, the first is "${missing[0]}".`,
  );
}
