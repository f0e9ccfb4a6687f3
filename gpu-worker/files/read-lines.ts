import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Characters of one line. A line past it is a file that is not line-based (one huge JSON array, a binary), and would fill the memory. */
const lineCharactersMax = 16_000_000;

/**
 * The lines of a UTF-8 stream, numbered, without their endings; a byte-order mark is dropped. Holds one chunk and one line, and reads on only as lines are taken.
 * @throws ServiceError `invalid_request` when bytes are not UTF-8 or a line passes the limit, naming `name` and the line
 */
export async function* readLines(stream: Readable, name: string): AsyncGenerator<NumberedLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let number = 0;
  for await (const chunk of withPath(stream, name)) {
    const lines = `${rest}${decodeChunk(decoder, chunk, name, number + 1)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield { number: ++number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    if (rest.length > lineCharactersMax) {
      throw new ServiceError(
        'invalid_request',
        `${name} line ${number + 1} is longer than ${lineCharactersMax} characters.`,
      );
    }
  }
  rest += decodeChunk(decoder, undefined, name, number + 1);
  if (rest !== '') yield { number: number + 1, text: rest };
}

function decodeChunk(decoder: TextDecoder, chunk: Uint8Array | undefined, name: string, line: number): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new ServiceError('invalid_request', `${name} is not UTF-8 text (at or after line ${line}).`, { cause });
  }
}

/** A failed read of a folder or a pipe does not say what it was reading; an open does. */
async function* withPath(stream: Readable, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if (error instanceof Error && !('path' in error)) Object.assign(error, { path: name });
    throw error;
  }
}
