import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';

/** Digits after the point that nearly every score in nats needs, and digits that tell any two float32 numbers apart. */
const scoreDigits = 7;
const float32Digits = 9;

/** Writes `run` in TREC form, ranks from 1, under the name `tag` (no white space); the file appears whole or not at all. */
export async function writeTrecRun(path: string, run: TrecRun, tag: string): Promise<void> {
  await writeAtomically(path, async (write) => {
    for (const [queryId, entries] of run) {
      const lines = entries.map(
        (entry, index) => `${queryId} Q0 ${entry.documentId} ${index + 1} ${formatScore(entry.score)} ${tag}\n`,
      );
      await write(lines.join(''));
    }
  });
}

/** As many digits as float32 has, so that no two scores that differ to trec_eval become a tie in the file. */
function formatScore(score: number): string {
  const text = score.toFixed(scoreDigits);
  return Math.fround(Number(text)) === Math.fround(score) ? text : Math.fround(score).toPrecision(float32Digits);
}
