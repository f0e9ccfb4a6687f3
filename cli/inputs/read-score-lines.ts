import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { readJsonLines } from '#gpu-worker/files/read-json-lines.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** One input line of `hintrank score`, with its place for messages (`pairs.jsonl line 7`). */
export type ScoreLine =
  | { readonly kind: 'pair'; readonly place: string; readonly query: string; readonly document: string }
  | {
      readonly kind: 'tokens';
      readonly place: string;
      readonly promptIds: readonly number[];
      readonly targetIds: readonly number[];
    };

const tokenIdSchema = z.number().int().min(0);
const pairSchema = z.object({ query: z.string().min(1), document: z.string().min(1) });
const tokensSchema = z.object({ prompt_ids: z.array(tokenIdSchema).min(1), target_ids: z.array(tokenIdSchema).min(1) });

/**
 * The lines of a JSON Lines file (`-`: standard input) as scoring work, one at a time.
 * @throws ServiceError `invalid_request` naming the line, the field and the reason
 */
export async function* readScoreLines(path: string, io: CommandIo): AsyncGenerator<ScoreLine> {
  const name = path === '-' ? 'standard input' : path;
  for await (const { number, value } of readJsonLines(name, path === '-' ? io.stdin : createReadStream(path))) {
    yield parseScoreLine(value, `${name} line ${number}`);
  }
}

function parseScoreLine(value: unknown, place: string): ScoreLine {
  if (typeof value === 'object' && value !== null && 'prompt_ids' in value) {
    const { prompt_ids: promptIds, target_ids: targetIds } = parse(tokensSchema, value, place);
    return { kind: 'tokens', place, promptIds, targetIds };
  }
  return { kind: 'pair', place, ...parse(pairSchema, value, place) };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const shape = 'a line is {"query", "document"} or {"prompt_ids", "target_ids"}';
  if (issue === undefined || issue.path.length === 0)
    throw new ServiceError('invalid_request', `${place} is not an object; ${shape}.`);
  throw new ServiceError('invalid_request', `${place}: "${issue.path.join('.')}": ${issue.message}; ${shape}.`);
}
