import type { RunEntry } from '#gpu-worker/evaluation/trec-run.ts';

/**
 * The order in which trec_eval reads a ranking, so that our figures and its figures are the same: score descending, and among equal scores the document
 * id descending. As there, scores are compared as float32 and ids byte by byte (UTF-8); a run's rank column counts for nothing.
 */
export function orderEntries(entries: readonly RunEntry[]): RunEntry[] {
  return [...entries].sort(
    (a, b) => Math.fround(b.score) - Math.fround(a.score) || compareBytes(b.documentId, a.documentId),
  );
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
