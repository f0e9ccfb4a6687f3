import type { CandidateDocument } from '#edge/playground/documents/parse-documents.ts';

/** The sample question over real passages that `npm start` asks too (infra/local/sample); the build writes it into the page. */
declare const playgroundSample: {
  readonly question: string;
  readonly passages: readonly CandidateDocument[];
};

const { question, passages } = playgroundSample;

/** As somebody would paste it. */
export const sample = {
  query: question,
  documents: passages.map(({ title, text }) => JSON.stringify({ title, text })).join('\n'),
};
