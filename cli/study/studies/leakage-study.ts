import { describePair, type PairVerdict, verdictOf } from '#cli/study/describe-pairs.ts';
import type { Study, StudyRow, StudyScorer } from '#cli/study/study.ts';
import type { StudyResults } from '#cli/study/study-results.ts';
import { baseRow, bm25Candidates, trained } from '#cli/study/study-rows.ts';

const panel = 'hints';
const retrieved = trained({ method: 'retrieve' });
const row = (id: string, label: string, scorer: StudyScorer): StudyRow => ({
  id,
  panel,
  label,
  candidates: bm25Candidates,
  scorer,
});

/** The paper's ablation: is it the choice of the tokens that helps, or the query in them, or just more trained rows? */
export const leakageStudy: Study = {
  name: 'leakage',
  title: 'Random tokens instead of retrieved ones',
  question: 'Does Q-PEFT-R gain from which tokens it retrieves, and from query tokens that leak into the hints?',
  takesRun: false,
  notes: () => [
    '“Random at the test” is the adapter of “retrieved” with k random tokens of the document as hints; “random throughout” was trained with them too.',
    '“No query tokens” has the filters `dq`: no hint is a token of the query, in training and at the test.',
  ],
  grid: () => ({
    rows: [
      baseRow(panel),
      row('retrieved', 'retrieved', retrieved),
      row('random-test', 'random at the test', { ...retrieved, randomHints: true }),
      row('random', 'random throughout', trained({ method: 'retrieve', hintChoice: 'random' })),
      row('no-query', 'no query tokens', trained({ method: 'retrieve', filters: 'dq' })),
    ],
    pairs: [
      { row: 'retrieved', against: 'upr-inst' },
      { row: 'random', against: 'upr-inst' },
      { row: 'no-query', against: 'upr-inst' },
      { row: 'retrieved', against: 'random' },
      { row: 'retrieved', against: 'random-test' },
      { row: 'retrieved', against: 'no-query' },
    ],
  }),
  conclude(results) {
    const choice = results.pair('retrieved', 'random');
    const leak = results.pair('retrieved', 'no-query');
    return (
      `Retrieved hints against UPR-Inst are ${describePair(results.pair('retrieved', 'upr-inst'))}; against random ones throughout ${describePair(choice)}, ` +
      `against random ones at the test only ${describePair(results.pair('retrieved', 'random-test'))}: ${choiceSays[verdictOf(choice)]}; ` +
      `against hints without query tokens ${describePair(leak)}: ${leakSays(results)}.`
    );
  },
};

const choiceSays: Readonly<Record<PairVerdict, string>> = {
  better: 'which tokens are retrieved matters',
  worse: 'random tokens do better than retrieved ones here',
  open: 'these figures do not show that it matters which tokens are retrieved',
};

function leakSays(results: StudyResults): string {
  const leak = verdictOf(results.pair('retrieved', 'no-query'));
  if (leak === 'better') return 'query tokens among the hints help';
  if (leak === 'worse') return 'query tokens among the hints harm';
  return 'these figures do not show that query tokens among the hints matter';
}
