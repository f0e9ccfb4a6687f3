import type { ScoringSummary } from '#gpu-worker/evaluation/report/evaluation-report.ts';

/** How much of a document was read: `160 tokens`, or `8192 tokens, in chunks of 512 that share 64`. */
export function describeTokens({
  maxTokensPerDoc,
  chunks,
}: Pick<ScoringSummary, 'maxTokensPerDoc' | 'chunks'>): string {
  const tokens = `${maxTokensPerDoc} tokens`;
  return chunks === undefined ? tokens : `${tokens}, in chunks of ${chunks.tokens} that share ${chunks.overlap}`;
}
