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

/** The same questions as a BEIR folder, path → contents: each with the passage that answers it, the last 12 for dev. */
export function judgedAnimalsAsBeir(): Readonly<Record<string, string>> {
  const pairs = animals.flatMap((animal) => places.map((place) => ({ animal, place })));
  const lines = (
    line: (pair: { animal: string; place: string }, index: number) => string,
    from = 0,
    to = pairs.length,
  ) =>
    pairs
      .map((pair, index) => `${line(pair, index)}\n`)
      .slice(from, to)
      .join('');
  const judgement = (_: unknown, index: number) => `q${index}\td${index}\t1`;
  return {
    'corpus.jsonl': lines(({ animal, place }, index) =>
      JSON.stringify({ _id: `d${index}`, title: '', text: `The ${animal} lives in the ${place}.` }),
    ),
    'queries.jsonl': lines(({ animal, place }, index) =>
      JSON.stringify({ _id: `q${index}`, text: `does the ${animal} like the ${place}?`, metadata: {} }),
    ),
    'qrels/train.tsv': `query-id\tcorpus-id\tscore\n${lines(judgement, 0, 60)}`,
    'qrels/dev.tsv': `query-id\tcorpus-id\tscore\n${lines(judgement, 60)}`,
  };
}
