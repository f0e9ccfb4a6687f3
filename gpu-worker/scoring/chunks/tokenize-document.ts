import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import type { DocumentSplit } from '#gpu-worker/scoring/chunks/document-split.ts';
import { chunkedTokensMax, splitDocument } from '#gpu-worker/scoring/chunks/split-document.ts';
import type { KnownTexts } from '#gpu-worker/scoring/known-texts.ts';
import type { ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { lexicalMatch } from '#shared/calibration/lexical-match.ts';
import { limits } from '#shared/limits.ts';

/** A document to be scored in one piece, in token ids. */
export interface WholeDocument {
  readonly documentIds: readonly number[];
  /** Most document tokens to keep. */
  readonly maxDocumentTokens: number;
  readonly queries: readonly (readonly number[])[];
  /** How much of each query the words of the whole document cover. */
  readonly lexicalMatches: readonly number[];
}

/** The texts of a task in token ids: the whole document, or its chunks where it has several. `roomFor` — document tokens that fit the context beside a query. */
export function tokenizeDocument(
  { document: text, queries: queryTexts, chunks, maxTokensPerDoc = limits.maxTokensPerDocDefault }: ScoreTask,
  texts: KnownTexts,
  { textPrefix, keep }: TokenTemplate,
  roomFor: (query: readonly number[]) => number,
): { readonly whole: WholeDocument } | { readonly split: DocumentSplit } {
  const document = texts.get(text, textPrefix);
  const { ids } = document;
  const queries = queryTexts.map((query) => texts.get(query, textPrefix));
  const tokensMax = chunks === undefined ? maxTokensPerDoc : Math.min(maxTokensPerDoc, chunkedTokensMax(chunks));
  if (chunks !== undefined) {
    const toSplit = queries.map((query) => ({ weights: query.weights(), room: roomFor(query.ids) }));
    const whole = { tokenizer: texts.tokenizer, text, textPrefix, ids, tokensMax, keep };
    const split = splitDocument({ ...whole, settings: chunks, queries: toSplit });
    if (split !== null) return { split };
  }
  const lexicalMatches = queries.map((query) => lexicalMatch(query.weights(), document.words()));
  const queryIds = queries.map((query) => query.ids);
  return { whole: { documentIds: ids, maxDocumentTokens: tokensMax, queries: queryIds, lexicalMatches } };
}
