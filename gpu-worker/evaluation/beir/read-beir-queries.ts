import { join } from 'node:path';
import { type InvalidLineListener, readRecords } from '#gpu-worker/evaluation/beir/read-records.ts';
import { beirQuerySchema } from '#shared/beir/beir-lines.ts';

export function beirQueriesPath(folder: string): string {
  return join(folder, 'queries.jsonl');
}

/** Query id → text, of the queries of `queries.jsonl` that `wants` names. */
export async function readBeirQueries(
  folder: string,
  wants: (queryId: string) => boolean,
  onInvalidLine?: InvalidLineListener,
): Promise<Map<string, string>> {
  const queries = new Map<string, string>();
  for await (const { record } of readRecords(beirQueriesPath(folder), beirQuerySchema, onInvalidLine))
    if (wants(record._id)) queries.set(record._id, record.text);
  return queries;
}
