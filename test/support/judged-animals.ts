const animals = ['ant', 'bear', 'cat', 'deer', 'eagle', 'fox', 'goat', 'hare', 'ibis', 'jay', 'kite', 'lynx'];
const places = ['bog', 'cave', 'dune', 'farm', 'glen', 'hill'];

/** 72 questions, each with the passage that answers it and two that answer another, as lines of a data set: enough for a dev set to be set apart. */
export function judgedAnimalLines(verb = 'like'): string[] {
  return animals.flatMap((animal, row) =>
    places.map((place, column) => {
      const other = places[(column + 1) % places.length] ?? '';
      const stranger = animals[(row + 1) % animals.length] ?? '';
      return JSON.stringify({
        query: `does the ${animal} ${verb} the ${place}?`,
        relevant_passages: [`The ${animal} lives in the ${place}.`],
        hard_negatives: [`The ${animal} is never in the ${other}.`, `The ${stranger} was seen at the ${place} once.`],
      });
    }),
  );
}
