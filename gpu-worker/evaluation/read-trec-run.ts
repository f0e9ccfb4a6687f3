import { createReadStream } from 'node:fs';
import type { RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { readLines } from '#gpu-worker/files/read-lines.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

interface RankedEntry extends RunEntry {
  readonly rank: number;
}

/**
 * Reads a TREC run (`query Q0 document rank score tag`, split at white space). Entries are ordered by score, equal scores by the rank column (the order that the run's maker meant; trec_eval goes by document id); queries keep the order of the file.
 * @throws ServiceError `invalid_request` naming file, line and reason
 */
export async function readTrecRun(path: string): Promise<TrecRun> {
  const queries = new Map<string, Map<string, RankedEntry>>();
  for await (const { number, text } of readLines(createReadStream(path), path)) {
    if (text.trim() === '') continue;
    const { queryId, entry } = parseRunLine(text, `${path} line ${number}`);
    const entries = queries.get(queryId) ?? new Map<string, RankedEntry>();
    if (entries.has(entry.documentId)) {
      throw new ServiceError(
        'invalid_request',
        `${path} line ${number} ranks document "${entry.documentId}" of query "${queryId}" a second time.`,
      );
    }
    queries.set(queryId, entries.set(entry.documentId, entry));
  }
  if (queries.size === 0) throw new ServiceError('invalid_request', `The run ${path} has no lines.`);
  return new Map([...queries].map(([queryId, entries]) => [queryId, sortEntries([...entries.values()])]));
}

function parseRunLine(text: string, place: string): { queryId: string; entry: RankedEntry } {
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
  return { queryId, entry: { documentId, score, rank } };
}

function sortEntries(entries: RankedEntry[]): RunEntry[] {
  return entries
    .sort((a, b) => b.score - a.score || a.rank - b.rank)
    .map(({ documentId, score }) => ({ documentId, score }));
}
