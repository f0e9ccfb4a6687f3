import { formatValue, tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyCandidates, StudyPair, StudyRow, StudyScorer } from '#cli/study/study.ts';
import { baseScorer, firstStageScorer, trained } from '#cli/study/study-rows.ts';

/** Shares of a query's words that BM25 is given, in percent. */
const percentages = [100, 50, 25];

const methods: readonly (readonly [id: string, label: string, scorer: StudyScorer])[] = [
  ['first-stage', 'first stage', firstStageScorer],
  ['upr-inst', 'UPR-Inst', baseScorer],
  ['r', 'Q-PEFT-R', trained({ method: 'retrieve' })],
  ['r-random', 'Q-PEFT-R (random negatives)', trained({ method: 'retrieve' }, { randomNegatives: true })],
];

const candidatesOf = (percentage: number): StudyCandidates => ({
  firstStage: { kind: 'bm25', queryShare: percentage / 100 },
  answerableOnly: false,
});

/** A first stage that is made worse on purpose, at the test and in training. */
export const robustnessStudy: Study = {
  name: 'robustness',
  title: 'A deliberately bad first stage',
  question: 'Does an adapter still help when the candidates, or the negatives that it learned from, are bad?',
  axis: 'words of the query that BM25 reads, %',
  takesRun: false,
  notes: () => [
    'BM25 reads a share of each query’s words (one at least, drawn by the query’s id); the methods read all of the query.',
    'All test queries count, also those whose candidates hold no relevant document: they are 0 for every method, which is what a bad first stage costs.',
    '“Random negatives” learned from random documents of the corpus as negatives, as if its first stage had been worthless.',
  ],
  grid() {
    const rows = percentages.flatMap((percentage) =>
      methods.map(
        ([id, label, scorer]): StudyRow => ({
          id: `${percentage}/${id}`,
          panel: 'quality of the first stage',
          label: `${label} at ${percentage} % of the words`,
          x: percentage,
          series: label,
          candidates: candidatesOf(percentage),
          scorer,
        }),
      ),
    );
    const pairs = percentages.flatMap((percentage): StudyPair[] =>
      [
        ['upr-inst', 'first-stage'],
        ['r', 'first-stage'],
        ['r', 'upr-inst'],
        ['r-random', 'upr-inst'],
      ].map(([row, against]) => ({ row: `${percentage}/${row}`, against: `${percentage}/${against}` })),
    );
    return { rows, pairs };
  },
  conclude(results) {
    const curve = (id: string): string =>
      percentages.map((percentage) => formatValue(results.value(`${percentage}/${id}`))).join(', ');
    const tally = (id: string, against: string): string =>
      tallyPairs(
        percentages.map((percentage) => results.pair(`${percentage}/${id}`, `${percentage}/${against}`)),
        ({ row }) => `${row.x} %`,
      );
    return (
      `With ${percentages.join(' %, ')} % of the words, nDCG@10 of the first stage is ${curve('first-stage')}, of UPR-Inst ${curve('upr-inst')}, of Q-PEFT-R ${curve('r')}, ` +
      `of Q-PEFT-R with random negatives ${curve('r-random')}: against the first stage Q-PEFT-R is ${tally('r', 'first-stage')}; ` +
      `against UPR-Inst it is ${tally('r', 'upr-inst')}, and with random negatives ${tally('r-random', 'upr-inst')}.`
    );
  },
};
