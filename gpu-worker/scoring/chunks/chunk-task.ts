import type { ChunkTask, ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';

/** A chunk, where it begins in the document, and the positions of its queries in the task. */
export interface ChunkToScore {
  readonly ids: Uint32Array;
  readonly firstToken: number;
  readonly queries: readonly number[];
}

/** The task of scoring one chunk as the whole document was to be scored. */
export function chunkTask(task: ScoreTask, { ids, firstToken, queries }: ChunkToScore): ChunkTask {
  const { document, template, adapterDigest, explain } = task;
  return {
    documentIds: ids,
    queries: queries.map((index) => task.queries[index] ?? ''),
    ...(template === undefined ? {} : { template }),
    ...(adapterDigest === undefined ? {} : { adapterDigest }),
    ...(explain === true ? { explain: { document, firstToken } } : {}),
  };
}
