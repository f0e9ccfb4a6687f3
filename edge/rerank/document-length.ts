import { formatCount } from '#edge/format-count.ts';
import { chooseChunks, chunkOverlapMax } from '#shared/chunks/choose-chunks.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import type { ChunkSettings } from '#shared/protocol/chunks.ts';
import type { RerankRequest } from '#shared/protocol/rerank-request.ts';

/** What a request says of long documents. */
export type LengthSettings = Pick<
  RerankRequest,
  'max_tokens_per_doc' | 'truncation' | 'max_chunks_per_doc' | 'chunk_tokens' | 'chunk_overlap'
>;

export interface DocumentLength {
  /** Tokens of a document that are scored. */
  readonly tokensMax: number;
  /** undefined: each document in one piece. */
  readonly chunks: ChunkSettings | undefined;
}

/** How much of a document is scored: what the caller named; else the default, or the most there is where nothing may be cut. */
export function documentLength({ max_tokens_per_doc, truncation, ...wanted }: LengthSettings): DocumentLength {
  const { max_chunks_per_doc: maxChunksPerDoc, chunk_tokens: chunkTokens, chunk_overlap: chunkOverlap } = wanted;
  const chunks = chooseChunks({ maxChunksPerDoc, chunkTokens, chunkOverlap });
  const { tokensDefault, tokensMax } = tokenLimits(chunks);
  return { chunks, tokensMax: max_tokens_per_doc ?? (truncation ? tokensDefault : tokensMax) };
}

/** What one field forbids another; each for itself is the schema's business. Throws ServiceError `invalid_request` that names field, value and limit. */
export function checkDocumentLength(settings: LengthSettings): void {
  const { max_tokens_per_doc: tokens = 0, chunk_tokens: chunkTokens, chunk_overlap: overlap = 0 } = settings;
  const { tokensMax } = tokenLimits(documentLength(settings).chunks);
  if (tokens > tokensMax) throw tooLarge('max_tokens_per_doc', tokens, tokensMax, ' for documents in one piece');
  const overlapMax = chunkOverlapMax({ chunkTokens });
  if (overlap > overlapMax) throw tooLarge('chunk_overlap', overlap, overlapMax, ', half of chunk_tokens');
}

function tokenLimits(chunks: ChunkSettings | undefined) {
  return chunks === undefined
    ? { tokensDefault: limits.maxTokensPerDocDefault, tokensMax: limits.maxTokensPerDocMax }
    : { tokensDefault: limits.chunkedTokensPerDocDefault, tokensMax: limits.chunkedTokensPerDocMax };
}

function tooLarge(param: string, value: number, limit: number, reason: string): ServiceError {
  const message = `${param} is ${formatCount(value)}, the limit is ${formatCount(limit)}${reason}`;
  return new ServiceError('invalid_request', message, { param });
}
