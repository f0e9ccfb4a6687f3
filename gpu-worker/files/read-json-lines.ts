import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { readLines } from '#gpu-worker/files/read-lines.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface JsonLine {
  /** From 1. */
  readonly number: number;
  readonly value: unknown;
}

/**
 * The values of a JSON Lines file, or of `stream` when one is given; blank lines are passed over.
 * @throws ServiceError `invalid_request` naming the file and the line that is not JSON
 */
export async function* readJsonLines(
  path: string,
  stream: Readable = createReadStream(path),
): AsyncGenerator<JsonLine> {
  for await (const { number, text } of readLines(stream, path)) {
    if (text.trim() === '') continue;
    yield { number, value: parseLine(path, number, text) };
  }
}

function parseLine(path: string, number: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError('invalid_request', `${path} line ${number} is not JSON: ${reason}`, { cause });
  }
}
