import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import type { LexicalOffset } from '#gpu-worker/training/steps/lexical-offset.ts';
import type { PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';

/** The queries that a run is watched by. */
export interface DevSet {
  readonly examples: readonly TrainingExample[];
  /** Candidates of each query that are reranked, first-stage order. */
  readonly depth: number;
  readonly textsOf: (example: TrainingExample, documentId: string) => PairTexts;
  /** Added to the likelihood in the ranking that the looks measure, nats per token; null: they measure the likelihood alone. */
  readonly lexicalOffset: LexicalOffset | null;
}

export interface DevPair {
  readonly example: TrainingExample;
  readonly documentId: string;
  /** BM25's. */
  readonly firstStageScore: number;
}

/** The pairs of a look: query by query, candidates in first-stage order. Numbers of a look are one each pair, in this order. */
export function listDevPairs({ examples, depth }: DevSet): DevPair[] {
  return examples.flatMap((example) =>
    example.candidates
      .slice(0, depth)
      .map(({ documentId, score }) => ({ example, documentId, firstStageScore: score })),
  );
}
