import { createReadStream } from 'node:fs';
import type { z } from 'zod';
import { readLines } from '#gpu-worker/files/read-lines.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface InvalidLine {
  readonly path: string;
  /** From 1. */
  readonly number: number;
  /** What is wrong, to be read after "line N". */
  readonly reason: string;
}

export interface NumberedRecord<T> {
  readonly number: number;
  readonly record: T;
}

/** Told of each line that is no record; the line is then passed over. */
export type InvalidLineListener = (line: InvalidLine) => void;

/** @throws ServiceError `invalid_request` naming file, line and reason */
export function refuseInvalidLine({ path, number, reason }: InvalidLine): never {
  throw new ServiceError('invalid_request', `${path} line ${number}${reason}.`);
}

/** The records of a JSON Lines file, in order; blank lines are passed over. Without a listener the first invalid line ends the reading with an error. */
export async function* readRecords<T>(
  path: string,
  schema: z.ZodType<T>,
  onInvalidLine: InvalidLineListener = refuseInvalidLine,
): AsyncGenerator<NumberedRecord<T>> {
  for await (const { number, text } of readLines(createReadStream(path), path)) {
    if (text.trim() === '') continue;
    const outcome = parseRecord(text, schema);
    if ('record' in outcome) yield { number, record: outcome.record };
    else onInvalidLine({ path, number, reason: outcome.reason });
  }
}

function parseRecord<T>(text: string, schema: z.ZodType<T>): { record: T } | { reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { reason: ` is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const result = schema.safeParse(value);
  if (result.success) return { record: result.data };
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'the line' : `"${issue.path.join('.')}"`;
  return { reason: `: ${field}: ${issue?.message ?? 'not valid'}` };
}
