import type { ProblemLog } from '#gpu-worker/training/data/data-problems.ts';
import type { SourceQuery } from '#gpu-worker/training/data/training-source.ts';
import { queryKey } from '#shared/training/query-key.ts';

/** The queries with only usable passages in their lists, each text once; what had to go is in `problems`. `documentIds` are the documents of the corpus that have text. */
export function cleanQueries(
  queries: readonly SourceQuery[],
  documentIds: ReadonlySet<string>,
  problems: ProblemLog,
): SourceQuery[] {
  const byKey = new Map<string, SourceQuery>();
  for (const query of queries) {
    const key = queryKey(query.query);
    const earlier = byKey.get(key);
    if (earlier === undefined) byKey.set(key, query);
    else {
      problems.add('repeated-query', `${query.place} as ${earlier.place}`);
      byKey.set(key, join(earlier, query));
    }
  }
  return [...byKey.values()].flatMap((query) => {
    const cleaned = cleanLists(query, documentIds, problems);
    if (cleaned.positives.length === 0) problems.add('query-without-positive', query.place);
    return cleaned.positives.length === 0 ? [] : [cleaned];
  });
}

function join(first: SourceQuery, second: SourceQuery): SourceQuery {
  return {
    ...first,
    positives: [...first.positives, ...second.positives],
    hardNegatives: [...first.hardNegatives, ...second.hardNegatives],
  };
}

function cleanLists(query: SourceQuery, documentIds: ReadonlySet<string>, problems: ProblemLog): SourceQuery {
  const relevant = new Set(query.positives);
  const keepKnown = (ids: Iterable<string>, kind: 'positive-missing' | 'hard-negative-missing'): string[] =>
    [...ids].filter((documentId) => {
      if (!documentIds.has(documentId)) problems.add(kind, `"${documentId}" of ${query.place}`);
      return documentIds.has(documentId);
    });
  const negatives = [...new Set(query.hardNegatives)].filter((documentId) => {
    if (relevant.has(documentId)) problems.add('positive-is-hard-negative', `"${documentId}" of ${query.place}`);
    return !relevant.has(documentId);
  });
  return {
    ...query,
    positives: keepKnown(relevant, 'positive-missing'),
    hardNegatives: keepKnown(negatives, 'hard-negative-missing'),
  };
}
