import type { JudgedPairs } from '#edge/training/datasets/archive/judged-pairs.ts';
import type { QueryTexts } from '#edge/training/datasets/archive/query-texts.ts';
import type { FoundQueries } from '#edge/training/datasets/judge-queries.ts';
import { type DatasetSplit, datasetSplits } from '#shared/protocol/dataset.ts';

export interface JoinedJudgements {
  /** Queries with a relevant document, by their texts; all that are test queries. Numbers are lines of `queries.jsonl`. */
  readonly found: FoundQueries;
  readonly repeated: readonly number[];
  /** Queries that nothing relevant is left of. */
  readonly withoutRelevant: readonly number[];
  /** Lines of judgements whose query has no text; of test none, which the trainer passes over. */
  readonly unknownQueries: Readonly<Record<DatasetSplit, readonly number[]>>;
  /** Lines of judgements whose document is not there. */
  readonly unknownDocuments: Readonly<Record<DatasetSplit, readonly number[]>>;
}

/** Judgements, queries and documents put together as the trainer does (gpu-worker/training/data). All numbers but lines are digests of ids. */
export function joinJudgements(
  judged: Readonly<Record<DatasetSplit, JudgedPairs>>,
  texts: Pick<QueryTexts, 'get'>,
  hasDocument: (document: number) => boolean,
): JoinedJudgements {
  const found: FoundQueries = { train: new Map(), dev: new Map(), test: new Map() };
  const repeated: number[] = [];
  const withoutRelevant: number[] = [];
  const unknownQueries: Record<DatasetSplit, number[]> = { train: [], dev: [], test: [] };
  const unknownDocuments: Record<DatasetSplit, number[]> = { train: [], dev: [], test: [] };
  for (const split of datasetSplits) {
    const answered = new Set<number>();
    for (const { query, document, line } of judged[split].relevant()) {
      if (hasDocument(document)) answered.add(query);
      else if (split !== 'test') unknownDocuments[split].push(line);
    }
    const lines = new Map<number, number>();
    for (const [query, judgementLine] of judged[split].queries) {
      const text = texts.get(query);
      if (text === undefined) {
        if (split !== 'test') unknownQueries[split].push(judgementLine);
        continue;
      }
      if (split !== 'test' && lines.has(text.text)) repeated.push(text.line);
      else lines.set(text.text, text.line);
      if (split === 'test' || answered.has(query)) found[split].set(text.text, lines.get(text.text) ?? text.line);
    }
    for (const [text, line] of lines) if (!found[split].has(text)) withoutRelevant.push(line);
  }
  return { found, repeated, withoutRelevant, unknownQueries, unknownDocuments };
}
