import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import type { DocumentSplit } from '#gpu-worker/scoring/chunks/document-split.ts';
import { chunkedTokensMax, splitDocument } from '#gpu-worker/scoring/chunks/split-document.ts';
import type { ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { lexicalMatch } from '#shared/calibration/lexical-match.ts';
import { contentWords, queryWeights } from '#shared/calibration/word-weights.ts';
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
  tokenizer: Tokenizer,
  { textPrefix, keep }: TokenTemplate,
  roomFor: (query: readonly number[]) => number,
): { readonly whole: WholeDocument } | { readonly split: DocumentSplit } {
  const ids = tokenizer.encode(textPrefix + text);
  const queries = queryTexts.map((query) => tokenizer.encode(textPrefix + query));
  const weights = queryTexts.map(queryWeights);
  const tokensMax = chunks === undefined ? maxTokensPerDoc : Math.min(maxTokensPerDoc, chunkedTokensMax(chunks));
  if (chunks !== undefined) {
    const toSplit = queries.map((query, index) => ({ weights: weights[index] ?? new Map(), room: roomFor(query) }));
    const document = { tokenizer, text, textPrefix, ids, tokensMax, keep };
    const split = splitDocument({ ...document, settings: chunks, queries: toSplit });
    if (split !== null) return { split };
  }
  const words = contentWords(text);
  const lexicalMatches = weights.map((query) => lexicalMatch(query, words));
  return { whole: { documentIds: ids, maxDocumentTokens: tokensMax, queries, lexicalMatches } };
}
