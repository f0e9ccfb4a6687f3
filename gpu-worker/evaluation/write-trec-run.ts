import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { openAtomicFile } from '#gpu-worker/files/open-atomic-file.ts';

/** Digits after the point: float32 scores in nats keep every digit that matters to a comparison, and sort as they were computed. */
const scoreDigits = 7;

/** Writes `run` in TREC form, ranks from 1, under the name `tag` (no white space); the file appears whole or not at all. */
export async function writeTrecRun(path: string, run: TrecRun, tag: string): Promise<void> {
  const file = await openAtomicFile(path);
  try {
    for (const [queryId, entries] of run) {
      const lines = entries.map(
        (entry, index) => `${queryId} Q0 ${entry.documentId} ${index + 1} ${entry.score.toFixed(scoreDigits)} ${tag}\n`,
      );
      await file.write(lines.join(''));
    }
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}
