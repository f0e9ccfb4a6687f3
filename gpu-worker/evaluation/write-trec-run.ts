import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';

/** Digits after the point: float32 scores in nats keep every digit that matters to a comparison, and sort as they were computed. */
const scoreDigits = 7;

/** Writes `run` in TREC form, ranks from 1, under the name `tag` (no white space); the file appears whole or not at all. */
export async function writeTrecRun(path: string, run: TrecRun, tag: string): Promise<void> {
  await writeAtomically(path, async (write) => {
    for (const [queryId, entries] of run) {
      const lines = entries.map(
        (entry, index) => `${queryId} Q0 ${entry.documentId} ${index + 1} ${entry.score.toFixed(scoreDigits)} ${tag}\n`,
      );
      await write(lines.join(''));
    }
  });
}
