import { hasRelevant } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import { keepAnswerable } from '#gpu-worker/evaluation/keep-answerable.ts';
import type { Judgements, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** Sentences on which queries the figures stand for; `measured` is what is left of `retrieved`. Null when no query is left that has a relevant document. */
export function describeCoverage(retrieved: TrecRun, measured: TrecRun, judgements: Judgements): string[] | null {
  const usable = new Map([...retrieved].filter(([queryId]) => hasRelevant(judgements.get(queryId))));
  const measuredCount = [...measured.keys()].filter((queryId) => usable.has(queryId)).length;
  if (measuredCount === 0) return null;
  const judgedCount = [...judgements.values()].filter(hasRelevant).length;
  const unanswerable = usable.size - keepAnswerable(usable, judgements).size;
  const notes: string[] = [];
  if (usable.size < retrieved.size)
    notes.push(
      `${retrieved.size - usable.size} queries of the first stage have no relevant document and were left out.`,
    );
  if (usable.size < judgedCount)
    notes.push(
      `${judgedCount - usable.size} judged queries are not in the first stage; they do not count as failures here.`,
    );
  if (measuredCount < usable.size)
    notes.push(
      `${usable.size - measuredCount} queries without a relevant document among their candidates were left out: the figures are higher than over all queries.`,
    );
  else if (unanswerable > 0)
    notes.push(`${unanswerable} queries have no relevant document among their candidates; no reranking can help them.`);
  return notes;
}
