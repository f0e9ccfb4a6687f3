/** Words of a passage that stand for its question. */
const questionWords = 12;

/** Others that a passage is told from. */
const negatives = 3;

/** Judged queries for a training to work on, made of passages alone: what it learns does not matter here, only that it works as on any other. */
export function trainingLines(passages: readonly string[]): string[] {
  return passages.map((passage, index) => {
    const others = Array.from({ length: negatives }, (_, step) => passages[(index + step + 1) % passages.length] ?? '');
    const query = passage.split(/\s+/).slice(0, questionWords).join(' ');
    return JSON.stringify({ query, relevant_passages: [passage], hard_negatives: others });
  });
}
