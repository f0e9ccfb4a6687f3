/** Names at most this many single-letter edits away are taken for a slip of the keyboard. */
const editsMax = 3;

/** The names of `candidates` that look like `name`, nearest first: a few edits away, or one the beginning of the other. */
export function nearestNames(name: string, candidates: readonly string[]): string[] {
  return candidates
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .filter(
      ({ candidate, edits }) =>
        edits <= Math.min(editsMax, Math.floor(candidate.length / 2)) || sharesBeginning(name, candidate),
    )
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function sharesBeginning(name: string, candidate: string): boolean {
  return name.length >= 3 && (candidate.startsWith(name) || name.startsWith(candidate));
}

/** Levenshtein distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...right].entries()) {
      const substitution = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(substitution, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
