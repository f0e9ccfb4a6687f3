import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import type { RerankRequest } from '#shared/protocol/rerank-request.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';

/** Indices listed in a warning. */
const listedIndicesMax = 50;

type LengthSettings = Pick<RerankRequest, 'max_tokens_per_doc' | 'truncation'>;

/** Tokens of a document that are scored: what the caller named; else the default, or the most there is where nothing may be cut. */
export function documentTokensMax({ max_tokens_per_doc, truncation }: LengthSettings): number {
  return max_tokens_per_doc ?? (truncation ? limits.maxTokensPerDocDefault : limits.maxTokensPerDocMax);
}

/** Warnings that say which documents were cut. Throws ServiceError `invalid_request` where the caller forbade it. */
export function checkTruncation(scores: readonly (DocumentScore | undefined)[], request: LengthSettings): string[] {
  const cut = scores.flatMap((score, index) => (score?.truncated ? [index] : []));
  if (cut.length === 0) return [];
  const shown = cut.slice(0, listedIndicesMax).join(', ');
  const which = cut.length > listedIndicesMax ? `${shown} and ${cut.length - listedIndicesMax} more` : shown;
  const tokens = formatCount(documentTokensMax(request));
  if (!request.truncation) {
    const message = `Longer than ${tokens} tokens, and truncation is off: the documents at index ${which}`;
    throw new ServiceError('invalid_request', message, { param: 'documents' });
  }
  return [`cut to their first ${tokens} tokens (max_tokens_per_doc): the documents at index ${which}`];
}
