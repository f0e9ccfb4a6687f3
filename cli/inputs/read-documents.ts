import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { readJsonLines } from '#gpu-worker/files/read-json-lines.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface InputDocument {
  /** The document's own id, or its line number. */
  readonly id: string;
  readonly title: string | null;
  readonly text: string;
  /** What the search that found it gave it; absent where the line has no number under `score`. */
  readonly firstStageScore?: number;
}

/** Names under which other tools write the text, most usual first. */
const textFields = ['text', 'document', 'passage', 'content', 'contents', 'body'] as const;

const identifierSchema = z.union([z.string(), z.number()]).nullish();
const documentSchema = z.looseObject({ id: identifierSchema, _id: identifierSchema, title: z.string().nullish() });

/**
 * The documents of a JSON Lines file (`-`: standard input): each line a string, or an object with its text under `text`, `document`, `passage`, `content`, `contents` or `body`, and perhaps `id` (`_id`), `title` and `score`.
 * @throws ServiceError `invalid_request` naming the line and the reason, or that there are none
 */
export async function readDocuments(path: string, io: CommandIo): Promise<InputDocument[]> {
  const name = path === '-' ? 'standard input' : path;
  const documents: InputDocument[] = [];
  for await (const { number, value } of readJsonLines(name, path === '-' ? io.stdin : createReadStream(path))) {
    documents.push(parseDocument(value, number, `${name} line ${number}`));
  }
  if (documents.length === 0) throw new ServiceError('invalid_request', `There are no documents in ${name}.`);
  return documents;
}

function parseDocument(value: unknown, number: number, place: string): InputDocument {
  if (typeof value === 'string') return { id: String(number), title: null, text: requireText(value, place) };
  const parsed = documentSchema.safeParse(value);
  if (!parsed.success) {
    throw new ServiceError(
      'invalid_request',
      `${place} is neither a string nor an object with ${textFields.join(', ')}.`,
    );
  }
  const field = textFields.find((candidate) => typeof parsed.data[candidate] === 'string');
  if (field === undefined)
    throw new ServiceError('invalid_request', `${place} has no text: none of ${textFields.join(', ')} is a string.`);
  const score = parsed.data['score'];
  return {
    id: String(parsed.data.id ?? parsed.data._id ?? number),
    title: parsed.data.title ?? null,
    text: requireText(parsed.data[field], place),
    ...(typeof score === 'number' && Number.isFinite(score) ? { firstStageScore: score } : {}),
  };
}

function requireText(text: unknown, place: string): string {
  if (typeof text === 'string' && text.trim() !== '') return text;
  throw new ServiceError('invalid_request', `${place} has an empty text.`);
}
