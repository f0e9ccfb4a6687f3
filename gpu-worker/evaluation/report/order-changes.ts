import type { RankingComparison } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';

export interface QueryChange {
  readonly queryId: string;
  /** The deciding metric of the ranking and of the one it is held against. */
  readonly value: number;
  readonly againstValue: number;
}

/** Every query of a comparison, the largest gain first, the largest loss last; equal changes in the order of the queries. */
export function orderChanges({ ranking, against }: RankingComparison): QueryChange[] {
  const values = ranking.measured.values.get(decidingMetric) ?? [];
  const againstValues = against.measured.values.get(decidingMetric) ?? [];
  const places = new Map(against.measured.queryIds.map((queryId, index) => [queryId, index]));
  return ranking.measured.queryIds
    .flatMap((queryId, index): QueryChange[] => {
      const place = places.get(queryId);
      return place === undefined
        ? []
        : [{ queryId, value: values[index] ?? 0, againstValue: againstValues[place] ?? 0 }];
    })
    .sort((a, b) => b.value - b.againstValue - (a.value - a.againstValue));
}
