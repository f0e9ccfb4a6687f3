import { createReadStream } from 'node:fs';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { readLines } from '#gpu-worker/files/read-lines.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * Reads a TREC run (`query Q0 document rank score tag`, split at white space). Entries are ordered as trec_eval does (score descending, then document id descending); the rank column has to be a number and is not used. Queries keep the order of the file.
 * @throws ServiceError `invalid_request` naming file, line and reason
 */
export async function readTrecRun(path: string): Promise<TrecRun> {
  const queries = new Map<string, Map<string, RunEntry>>();
  for await (const { number, text } of readLines(createReadStream(path), path)) {
    if (text.trim() === '') continue;
    const { queryId, entry } = parseRunLine(text, `${path} line ${number}`);
    const entries = queries.get(queryId) ?? new Map<string, RunEntry>();
    if (entries.has(entry.documentId)) {
      throw new ServiceError(
        'invalid_request',
        `${path} line ${number} ranks document "${entry.documentId}" of query "${queryId}" a second time.`,
      );
    }
    queries.set(queryId, entries.set(entry.documentId, entry));
  }
  if (queries.size === 0) throw new ServiceError('invalid_request', `The run ${path} has no lines.`);
  return new Map([...queries].map(([queryId, entries]) => [queryId, orderEntries([...entries.values()])]));
}

function parseRunLine(text: string, place: string): { queryId: string; entry: RunEntry } {
  const fields = text.trim().split(/\s+/);
  const [queryId, , documentId, rankText, scoreText] = fields;
  if (
    queryId === undefined ||
    documentId === undefined ||
    rankText === undefined ||
    scoreText === undefined ||
    fields.length > 6
  ) {
    throw new ServiceError(
      'invalid_request',
      `${place} has ${fields.length} fields; a run line is "query Q0 document rank score tag".`,
    );
  }
  const rank = Number(rankText);
  const score = Number(scoreText);
  if (!Number.isInteger(rank))
    throw new ServiceError('invalid_request', `${place}: the rank "${rankText}" is not an integer.`);
  if (!Number.isFinite(score))
    throw new ServiceError('invalid_request', `${place}: the score "${scoreText}" is not a finite number.`);
  return { queryId, entry: { documentId, score } };
}
