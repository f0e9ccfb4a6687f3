import { type CandidateDocument, parseDocuments } from '#edge/playground/documents/parse-documents.ts';
import { limits } from '#shared/limits.ts';

export type CheckedInput =
  | { readonly kind: 'ready'; readonly query: string; readonly documents: readonly CandidateDocument[] }
  | { readonly kind: 'fault'; readonly field: 'query' | 'documents'; readonly message: string };

/** Whether what was typed is a request, before it is sent. */
export function checkInput(query: string, pasted: string): CheckedInput {
  if (query.trim() === '') return { kind: 'fault', field: 'query', message: 'The query is empty.' };
  if (query.length > limits.queryCharactersMax) {
    const message = `The query has ${query.length} characters; the limit is ${limits.queryCharactersMax}.`;
    return { kind: 'fault', field: 'query', message };
  }
  const parsed = parseDocuments(pasted);
  if (parsed.kind === 'fault') return { kind: 'fault', field: 'documents', message: parsed.message };
  if (parsed.documents.length === 0) return { kind: 'fault', field: 'documents', message: 'There are no documents.' };
  return { kind: 'ready', query, documents: parsed.documents };
}
