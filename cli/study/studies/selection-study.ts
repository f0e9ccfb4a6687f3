import { describeRange, tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyRow, StudyTraining } from '#cli/study/study.ts';
import { baseRow, bm25Candidates, trained } from '#cli/study/study-rows.ts';

const filterSets = [
  ['none', 'no filter'],
  ['d', 'd: no repeated tokens'],
  ['dq', 'dq: nor the query’s'],
  ['ds', 'ds: nor stop words'],
  ['dqsa', 'dqsa: all filters'],
] as const;

const orders = [
  ['similarity', 'by similarity'],
  ['query', 'by the query'],
  ['document', 'by the document'],
] as const;

const row = (id: string, panel: string, label: string, settings: StudyTraining['settings']): StudyRow => ({
  id,
  panel,
  label,
  candidates: bm25Candidates,
  scorer: trained({ method: 'retrieve', ...settings }),
});

/** How the hint tokens of R are chosen, and how they stand. */
export const selectionStudy: Study = {
  name: 'selection',
  title: 'Selection and order of the hints',
  question: 'Do the filters of the hint tokens, or their order in the block, change the ranking?',
  takesRun: false,
  notes: () => [
    'Filters are tried with the order by similarity, orders with the filter d; each setting is that of training and test.',
    'The order by the query (by the document) is that of the places at which the similarity of each token was found.',
  ],
  grid: () => ({
    rows: [
      baseRow('filters'),
      ...filterSets.map(([filters, label]) => row(`filters-${filters}`, 'filters', label, { filters })),
      ...orders.map(([hintOrder, label]) => row(`order-${hintOrder}`, 'order', label, { filters: 'd', hintOrder })),
    ],
    pairs: [
      { row: 'filters-d', against: 'upr-inst' },
      ...filterSets
        .filter(([filters]) => filters !== 'd')
        .map(([filters]) => ({ row: `filters-${filters}`, against: 'filters-d' })),
      ...orders
        .filter(([order]) => order !== 'similarity')
        .map(([order]) => ({ row: `order-${order}`, against: 'order-similarity' })),
    ],
  }),
  conclude(results) {
    const against = (id: string): string =>
      tallyPairs(
        results.pairs.filter((pair) => pair.against.id === id),
        (pair) => pair.row.label,
      );
    const ids = (panel: string): string[] =>
      results.rows.filter((one) => one.row.panel === panel && one.row.id !== 'upr-inst').map((one) => one.row.id);
    return (
      `Of the filters ${describeRange(results, ids('filters'))}, and against the filter d the others are ${against('filters-d')}; ` +
      `of the orders ${describeRange(results, ids('order'))}, and against the order by similarity the others are ${against('order-similarity')}.`
    );
  },
};
