import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { TeiRerankResponse } from '#shared/protocol/tei-rerank.ts';

/**
 * Text Embeddings Inference: `texts` in, a bare array out. It has no `top_n` and its clients count on a score for every text, so one that LiteLLM
 * adds is not heard. Cutting documents at their start (`truncation_direction: "Left"`) is refused rather than done at the wrong end.
 */
export const teiShape: ClientShape = {
  matches: (body) => 'texts' in body,
  toCanonical: (body) => {
    refuseOtherDirections(body['truncation_direction'] ?? 'Right');
    return {
      query: body['query'],
      documents: body['texts'],
      truncation: body['truncate'],
      raw_scores: body['raw_scores'],
      scoring: body['scoring'],
      return_documents: body['return_text'],
      deadline_ms: body['deadline_ms'],
      on_deadline: body['on_deadline'],
      on_failure: body['on_failure'],
      max_tokens_per_doc: body['max_tokens_per_doc'],
      max_chunks_per_doc: body['max_chunks_per_doc'],
      chunk_tokens: body['chunk_tokens'],
      chunk_overlap: body['chunk_overlap'],
    };
  },
  fieldNames: { documents: 'texts', truncation: 'truncate', return_documents: 'return_text' },
  respond: (outcome): TeiRerankResponse =>
    outcome.ranked.map((ranked) => ({
      index: ranked.index,
      score: publicScore(outcome, ranked),
      ...(outcome.request.return_documents ? { text: outcome.texts[ranked.index] ?? '' } : {}),
    })),
  errorShape: 'tei',
};

function refuseOtherDirections(direction: unknown): void {
  if (typeof direction === 'string' && direction.toLowerCase() === 'right') return;
  const shown = direction === 'Left' || direction === 'left' ? JSON.stringify(direction) : 'of another value';
  const message = `truncation_direction is ${shown}; documents are cut at their end only, so it must be "Right"`;
  throw new ServiceError('invalid_request', message, { param: 'truncation_direction' });
}
