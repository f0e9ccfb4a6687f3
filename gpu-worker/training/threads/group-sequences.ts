import { rowsOf, type SequenceTask } from '#gpu-worker/training/threads/sequence-task.ts';

/** Rows of one run at most (but a single sequence always runs): beyond them activations leave the processor's cache, and memory grows. */
const rowsMax = 320;

/** Tasks that share a run: neighbours of one kind (forward alone, or with gradient), at most `slots`. Order is kept. */
export function groupSequences(tasks: readonly SequenceTask[], slots: number, width: number): SequenceTask[][] {
  const groups: SequenceTask[][] = [];
  let rows = 0;
  for (const task of tasks) {
    const length = task.suffix.reduce((sum, part) => sum + rowsOf(part, width), 0);
    const group = groups.at(-1);
    const fits = group !== undefined && group.length < slots && rows + length <= rowsMax;
    if (fits && (group[0]?.gradientRows === null) === (task.gradientRows === null)) {
      group.push(task);
      rows += length;
    } else {
      groups.push([task]);
      rows = length;
    }
  }
  return groups;
}
