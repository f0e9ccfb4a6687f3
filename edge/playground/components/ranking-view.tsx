import { ComparisonView } from '#edge/playground/components/comparison-view.tsx';
import { LatencyBar } from '#edge/playground/components/latency-bar.tsx';
import { ResultCard } from '#edge/playground/components/result-card.tsx';
import { alignRankings } from '#edge/playground/ranking/align-rankings.ts';
import type { ShownRanking } from '#edge/playground/ranking/run-ranking.ts';

export interface RankingViewProps {
  readonly ranking: ShownRanking;
  /** Whether a newer one is being asked for. */
  readonly busy: boolean;
}

/** An answered request: what it took, both orders where two were asked for, and the documents, best first. */
export function RankingView({ ranking, busy }: RankingViewProps) {
  const { response, documents, query, beside, firstStage, latency } = ranking;
  const order = response.results.map(({ index }) => index);
  const moves = new Map(alignRankings(firstStage, order).map((move) => [move.index, move]));
  const isExplained = response.results.some(({ explanation }) => explanation !== undefined);
  const notes = [
    ...(response.meta.degraded === undefined ? [] : [degradedNote(ranking)]),
    ...(response.meta.warnings ?? []),
  ];
  return (
    <section class="ranking" aria-labelledby="ranking-title" aria-busy={busy}>
      <h2 id="ranking-title">{response.model}</h2>
      <LatencyBar parts={latency} keptDocuments={response.meta.cached_documents} documents={documents.length} />
      {notes.length > 0 && (
        <ul class="warnings">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {beside !== null && <ComparisonView ranking={ranking} name={beside.name} before={beside.order} />}
      {isExplained && <Legend />}
      <ol class="results">
        {response.results.map((result, place) => (
          <ResultCard
            key={result.index}
            place={place}
            query={query}
            result={result}
            document={documents[result.index]}
            move={moves.get(result.index)}
          />
        ))}
      </ol>
    </section>
  );
}

function degradedNote({ response }: ShownRanking): string {
  const { reason = '', unscored = [] } = response.meta.degraded ?? {};
  return `Not all was scored (${reason}): ${unscored.length} documents are missing or in their own order.`;
}

function Legend() {
  return (
    <p class="legend">
      In the query, each word’s shade is what the document did to its probability: <span class="rise-1">a little</span>{' '}
      <span class="rise-3">likelier</span> <span class="rise-4">by far</span>, <span class="drop-1">a little</span>{' '}
      <span class="drop-3">unlikelier</span>. In a document, <mark>marked</mark> words are what an adapter made its
      hints of.
    </p>
  );
}
