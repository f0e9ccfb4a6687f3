import { fixedLength } from '#gpu-worker/q-peft/layout-pair.ts';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What a document shares the model's context with. */
export interface DocumentRoom {
  readonly template: TokenTemplate;
  /** Tokens of the model's context; the last target is only predicted, and needs no place in it. */
  readonly contextLength: number;
  /** Most document tokens to keep; the context may force fewer. */
  readonly maxDocumentTokens: number;
  readonly queryTokens: number;
  /** Rows of the hint block, opening and closing included; 0 without hints. */
  readonly hintRows: number;
  /** Rows that stand in for the instruction; null: the instruction itself. */
  readonly softPromptRows: number | null;
}

/** Document tokens that the context has room for beside the query; negative or 0 where there is none. */
export function contextRoom(room: Omit<DocumentRoom, 'maxDocumentTokens'>): number {
  const { template, contextLength, queryTokens, hintRows, softPromptRows } = room;
  return contextLength + 1 - fixedLength(template, hintRows, softPromptRows) - queryTokens;
}

/**
 * The part of the document that is read: its start, or its end where the template says so (method.md section 2). Serving and training cut alike.
 * @throws ServiceError `invalid_request` for a query that leaves no room for one document token
 */
export function fitDocument(documentIds: readonly number[], room: DocumentRoom): readonly number[] {
  const { template, contextLength, maxDocumentTokens, queryTokens } = room;
  const left = contextRoom(room);
  if (left < 1) {
    throw new ServiceError(
      'invalid_request',
      `the query has ${queryTokens} tokens; with the template and hints it leaves no room for a document in the model's context of ${contextLength}`,
      { param: 'query' },
    );
  }
  const kept = Math.min(documentIds.length, maxDocumentTokens, left);
  return template.keep === 'start' ? documentIds.slice(0, kept) : documentIds.slice(documentIds.length - kept);
}
