import { formatCount } from '#edge/format-count.ts';
import { documentLength, type LengthSettings } from '#edge/rerank/document-length.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';

/** Indices listed in a warning. */
const listedIndicesMax = 50;

/** Warnings that say which documents were cut. Throws ServiceError `invalid_request` where the caller forbade it. */
export function checkTruncation(scores: readonly (DocumentScore | undefined)[], request: LengthSettings): string[] {
  const cut = scores.flatMap((score, index) => (score?.truncated ? [index] : []));
  if (cut.length === 0) return [];
  const shown = cut.slice(0, listedIndicesMax).join(', ');
  const which = cut.length > listedIndicesMax ? `${shown} and ${cut.length - listedIndicesMax} more` : shown;
  const { tokensMax, chunks } = documentLength(request);
  const tokens = `${formatCount(tokensMax)} tokens`;
  const count = chunks && (chunks.count_max === 1 ? '1 chunk' : `${formatCount(chunks.count_max)} chunks`);
  if (!request.truncation) {
    const most = count === undefined ? tokens : `${tokens} or ${count}`;
    const message = `Longer than ${most}, and truncation is off: the documents at index ${which}`;
    throw new ServiceError('invalid_request', message, { param: 'documents' });
  }
  if (count === undefined)
    return [`cut to their first ${tokens} (max_tokens_per_doc): the documents at index ${which}`];
  const reasons = `${tokens} (max_tokens_per_doc) or ${count} (max_chunks_per_doc)`;
  return [`cut to their first ${reasons}: the documents at index ${which}`];
}
