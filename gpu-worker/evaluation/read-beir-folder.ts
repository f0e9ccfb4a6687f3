import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import { readJsonLines } from '#gpu-worker/files/read-json-lines.ts';
import { readLines } from '#gpu-worker/files/read-lines.ts';
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

const documentLineSchema = z.object({ _id: z.string().min(1), title: z.string().nullish(), text: z.string() });
const queryLineSchema = z.object({ _id: z.string().min(1), text: z.string().min(1) });

/**
 * Reads the chosen part of a folder in BEIR's layout: `corpus.jsonl`, `queries.jsonl`, `qrels/SPLIT.tsv` (with or without its header line).
 * @throws ServiceError `invalid_request` naming file, line and reason, or the document or query that is missing
 */
export async function readBeirFolder(folder: string, selection: BeirSelection): Promise<BeirData> {
  const documents = new Map<string, BeirDocument>();
  const corpusPath = join(folder, 'corpus.jsonl');
  for await (const { number, value } of readJsonLines(corpusPath)) {
    const line = parseLine(documentLineSchema, value, `${corpusPath} line ${number}`);
    if (selection.documentIds.has(line._id)) documents.set(line._id, { title: line.title ?? '', text: line.text });
  }
  requireAll(selection.documentIds, documents, `documents of the run`, corpusPath);

  const queries = new Map<string, string>();
  const queriesPath = join(folder, 'queries.jsonl');
  for await (const { number, value } of readJsonLines(queriesPath)) {
    const line = parseLine(queryLineSchema, value, `${queriesPath} line ${number}`);
    if (selection.queryIds.has(line._id)) queries.set(line._id, line.text);
  }
  requireAll(selection.queryIds, queries, `queries of the run`, queriesPath);

  return { documents, queries, judgements: await readJudgements(join(folder, 'qrels', `${selection.split}.tsv`)) };
}

function parseLine<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'the line' : `"${issue.path.join('.')}"`;
  throw new ServiceError('invalid_request', `${place}: ${field}: ${issue?.message ?? 'not valid'}.`);
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

async function readJudgements(path: string): Promise<Judgements> {
  const judgements = new Map<string, Map<string, number>>();
  for await (const { number, text } of readLines(createReadStream(path), path)) {
    if (text.trim() === '' || (number === 1 && text.startsWith('query-id'))) continue;
    const [queryId, documentId, gainText, ...more] = text.split('\t');
    const gain = Number(gainText);
    if (!queryId || !documentId || !gainText || more.length > 0 || !Number.isInteger(gain)) {
      throw new ServiceError(
        'invalid_request',
        `${path} line ${number} is not "query<TAB>document<TAB>gain" with an integer gain.`,
      );
    }
    const judged = judgements.get(queryId) ?? new Map<string, number>();
    judgements.set(queryId, judged.set(documentId, gain));
  }
  return judgements;
}
