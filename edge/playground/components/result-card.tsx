import { useState } from 'preact/hooks';
import { DocumentText } from '#edge/playground/components/document-text.tsx';
import { ExplanationTable } from '#edge/playground/components/explanation-table.tsx';
import { QueryTokens } from '#edge/playground/components/query-tokens.tsx';
import type { CandidateDocument } from '#edge/playground/documents/parse-documents.ts';
import type { Move } from '#edge/playground/ranking/align-rankings.ts';
import { describeMove } from '#edge/playground/ranking/describe-moves.ts';
import { shadeByLift } from '#edge/playground/ranking/shade-by-lift.ts';
import type { RerankResult } from '#shared/protocol/rerank-response.ts';

export interface ResultCardProps {
  /** From 0. */
  readonly place: number;
  readonly query: string;
  readonly result: RerankResult;
  readonly document: CandidateDocument | undefined;
  /** Against the order before. */
  readonly move: Move | undefined;
}

/** Characters from which on a document is shown in part at first. */
const shortText = 320;

/** One document in its place: score, move, what the query gained from it, and its text. */
export function ResultCard({ place, query, result, document, move }: ResultCardProps) {
  const [isWhole, setWhole] = useState(false);
  const { explanation, relevance_score: score } = result;
  const text = document?.text ?? '';
  const moved = move === undefined ? null : describeMove(move);
  const tokens = explanation?.tokens ?? [];
  const meanLift = tokens.reduce((sum, token) => sum + token.lift, 0) / Math.max(1, tokens.length);
  return (
    <li class={`result edge-${shadeByLift(meanLift * cardEmphasis) ?? 'none'}`}>
      <div class="result-head">
        <span class="place">{place + 1}</span>
        <span class="score">{score.toFixed(4)}</span>
        <span class="score-bar" aria-hidden="true">
          <span style={{ width: `${Math.max(0, Math.min(1, score)) * 100}%` }} />
        </span>
        {moved !== null && <span class={`move ${moved.startsWith('up') ? 'up' : 'down'}`}>{moved}</span>}
      </div>
      {document?.title !== undefined && <h3>{document.title}</h3>}
      {explanation !== undefined && <QueryTokens query={query} tokens={explanation.tokens} />}
      <DocumentText text={text} explanation={explanation} isWhole={isWhole || text.length <= shortText} />
      {text.length > shortText && (
        <button type="button" class="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Less' : 'Whole text'}
        </button>
      )}
      {explanation !== undefined && <ExplanationTable explanation={explanation} />}
    </li>
  );
}

/** A mean over all tokens, most of which gain nothing, is small; so much that the cards of a ranking differ. */
const cardEmphasis = 2;
