import type { CandidateDocument } from '#edge/playground/documents/parse-documents.ts';

/** What the form asks for. */
export interface RankingRequest {
  readonly query: string;
  readonly documents: readonly CandidateDocument[];
  /** Empty: the base model. */
  readonly model: string;
  readonly explain: boolean;
}

/** The body of `POST /v2/rerank`; documents are objects only where they have a score. */
export function rerankBody({ query, documents, model, explain }: RankingRequest) {
  return {
    ...(model === '' ? {} : { model }),
    query,
    documents: documents.map(({ text, score }) => (score === undefined ? text : { text, score })),
    ...(explain ? { explain } : {}),
  };
}
