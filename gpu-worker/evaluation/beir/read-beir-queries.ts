import { join } from 'node:path';
import { z } from 'zod';
import { type InvalidLineListener, readRecords } from '#gpu-worker/evaluation/beir/read-records.ts';

const queryLineSchema = z.object({ _id: z.string().min(1), text: z.string().min(1) });

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
  for await (const { record } of readRecords(beirQueriesPath(folder), queryLineSchema, onInvalidLine))
    if (wants(record._id)) queries.set(record._id, record.text);
  return queries;
}
