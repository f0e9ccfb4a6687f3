import type { CandidateDocument } from '#edge/playground/documents/parse-documents.ts';

/** Indexes of the documents in the order of the search that found them: by its scores where all have one, else as they came. */
export function firstStageOrder(documents: readonly CandidateDocument[]): number[] {
  const indexes = documents.map((_, index) => index);
  if (documents.some(({ score }) => score === undefined)) return indexes;
  return indexes.toSorted((left, right) => (documents[right]?.score ?? 0) - (documents[left]?.score ?? 0));
}
