import { limits } from '#shared/limits.ts';

/** A candidate as the page knows it. */
export interface CandidateDocument {
  readonly text: string;
  /** Shown, not scored. */
  readonly title?: string;
  /** Of the search that found it. */
  readonly score?: number;
}

export type ParsedDocuments =
  | { readonly kind: 'documents'; readonly documents: readonly CandidateDocument[] }
  | { readonly kind: 'fault'; readonly message: string };

/**
 * Documents from pasted text: a JSON array, JSON Lines (where the first line is an object or a string in JSON), else one document a line. Blank
 * lines are left out.
 */
export function parseDocuments(pasted: string): ParsedDocuments {
  const text = pasted.trim();
  const array = text.startsWith('[') ? parseJson(text) : undefined;
  const parsed = Array.isArray(array) ? readValues(array, 'Item') : readLines(text);
  if (parsed.kind === 'documents' && parsed.documents.length > limits.documentsPerRequestMax) {
    const message = `There are ${parsed.documents.length} documents; a request takes ${limits.documentsPerRequestMax}.`;
    return { kind: 'fault', message };
  }
  return parsed;
}

function readLines(text: string): ParsedDocuments {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (!isJsonLine(lines[0] ?? '')) {
    return { kind: 'documents', documents: lines.filter((line) => line !== '').map((line) => ({ text: line })) };
  }
  const values: unknown[] = [];
  for (const [place, line] of lines.entries()) {
    const value = line === '' ? undefined : parseJson(line);
    if (line !== '' && value === undefined) return { kind: 'fault', message: `Line ${place + 1} is not JSON.` };
    values.push(value);
  }
  return readValues(values, 'Line');
}

function isJsonLine(line: string): boolean {
  if (line.startsWith('{')) return true;
  return line.startsWith('"') && typeof parseJson(line) === 'string';
}

/** undefined where it is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `unit` — what a value is called in faults; undefined values stand for blank lines. */
function readValues(values: readonly unknown[], unit: string): ParsedDocuments {
  const documents: CandidateDocument[] = [];
  for (const [place, value] of values.entries()) {
    if (value === undefined) continue;
    const document = readDocument(value);
    if (document === null) {
      return { kind: 'fault', message: `${unit} ${place + 1} is neither a text nor an object with “text”.` };
    }
    documents.push(document);
  }
  return { kind: 'documents', documents };
}

function readDocument(value: unknown): CandidateDocument | null {
  if (typeof value === 'string') return { text: value };
  if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string') return null;
  return {
    text: value.text,
    ...('title' in value && typeof value.title === 'string' ? { title: value.title } : {}),
    ...('score' in value && typeof value.score === 'number' ? { score: value.score } : {}),
  };
}
