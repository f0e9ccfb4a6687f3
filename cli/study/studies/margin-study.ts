import { describePair, describeRange, tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyRow } from '#cli/study/study.ts';
import { baseRow, bm25Candidates, trained } from '#cli/study/study-rows.ts';

/** Nats per token; the paper's best lie from 0 to 1.1. */
const margins = [0, 0.3, 0.7, 1.1];
const panel = 'pairwise loss';

const marginRow = (margin: number): StudyRow => ({
  id: `margin-${margin}`,
  panel,
  label: `margin ${margin}`,
  x: margin,
  series: 'pairwise loss',
  candidates: bm25Candidates,
  scorer: trained({ method: 'retrieve', loss: { kind: 'pairwise', margin } }),
});

/** The margin of the paper's loss, and the listwise loss that is the default here. */
export const marginStudy: Study = {
  name: 'margin',
  title: 'The margin of the pairwise loss',
  question: 'Does the margin of the paper’s loss matter, and does the listwise loss do better?',
  axis: 'margin, nats per token',
  takesRun: false,
  notes: () => [
    'The paper’s loss (hinge over pairs, plus the mean loss of the relevant documents) with hard negatives of BM25, none from the batch.',
  ],
  grid: () => ({
    rows: [
      baseRow(panel),
      {
        id: 'listwise',
        panel,
        label: 'listwise loss',
        candidates: bm25Candidates,
        scorer: trained({ method: 'retrieve' }),
      },
      ...margins.map(marginRow),
    ],
    pairs: [
      ...margins.filter((margin) => margin > 0).map((margin) => ({ row: `margin-${margin}`, against: 'margin-0' })),
      ...margins.map((margin) => ({ row: `margin-${margin}`, against: 'upr-inst' })),
      { row: 'listwise', against: 'upr-inst' },
      { row: 'listwise', against: 'margin-0' },
    ],
  }),
  conclude(results) {
    const ids = margins.map((margin) => `margin-${margin}`);
    const against = (id: string): string =>
      tallyPairs(
        results.pairs.filter((pair) => pair.against.id === id && pair.row.id !== 'listwise'),
        ({ row }) => row.label,
      );
    return (
      `Of the margins ${describeRange(results, ids)}; against margin 0 the others are ${against('margin-0')}, and against UPR-Inst all are ${against('upr-inst')}; ` +
      `against margin 0 the listwise loss is ${describePair(results.pair('listwise', 'margin-0'))}, and against UPR-Inst ${describePair(results.pair('listwise', 'upr-inst'))}.`
    );
  },
};
