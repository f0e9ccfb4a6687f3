import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import type { ScoreEntry } from '#edge/score-cache/score-entry.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';

export interface ScoresToKeep {
  /** By the SHA-256 of each document, base64; all of workers with one scoring fingerprint, so that query and model are alike in all. */
  readonly scores: ReadonlyMap<string, MergedScore>;
  readonly queryTokens: number;
  /** Whether the workers were asked for what a blended score needs. */
  readonly withFeatures: boolean;
}

/** What the cache keeps of the workers' answer. */
export function entryOfScores({ scores, queryTokens, withFeatures }: ScoresToKeep): ScoreEntry {
  const [first] = scores.values();
  const { query_log_likelihood, calibration } = first ?? {};
  const features = {
    ...(query_log_likelihood === undefined ? {} : { query_log_likelihood }),
    ...(calibration === undefined ? {} : { calibration }),
  };
  return {
    queryTokens,
    ...(withFeatures ? { features } : {}),
    scores: new Map([...scores].map(([name, score]) => [name, withoutFeatures(score)])),
  };
}

/** A document's score as the workers gave it; undefined where the entry lacks it. */
export function scoreOfEntry(entry: ScoreEntry | undefined, name: string): MergedScore | undefined {
  const score = entry?.scores.get(name);
  return score === undefined ? undefined : { ...score, ...entry?.features };
}

function withoutFeatures({
  mean_log_likelihood,
  document_tokens,
  lexical_match,
  truncated,
  chunk,
}: MergedScore): DocumentScore {
  return {
    mean_log_likelihood,
    document_tokens,
    ...(lexical_match === undefined ? {} : { lexical_match }),
    truncated,
    ...(chunk === undefined ? {} : { chunk }),
  };
}
