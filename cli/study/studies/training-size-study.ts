import { describePair, formatValue, tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyRow } from '#cli/study/study.ts';
import { baseRow, bm25Candidates, trained } from '#cli/study/study-rows.ts';
import { shareCount } from '#cli/study/training/share-of-examples.ts';

const percentages = [10, 25, 50, 100];

/** How much data an adapter needs. */
export const trainingSizeStudy: Study = {
  name: 'training-size',
  title: 'Size of the training set',
  question: 'How many judged queries does Q-PEFT-R need?',
  axis: 'training queries',
  takesRun: false,
  notes: () => [
    'A smaller set is a part of the larger one; every size has the same number of steps, so fewer queries are seen more often each.',
  ],
  grid({ sizes }) {
    const rows = percentages.map((percentage): StudyRow => {
      const queries = shareCount(sizes.trainQueries, percentage / 100);
      return {
        id: `share-${percentage}`,
        panel: 'Q-PEFT-R',
        label: `${percentage} %: ${queries} queries`,
        x: queries,
        series: 'Q-PEFT-R',
        candidates: bm25Candidates,
        scorer: trained({ method: 'retrieve' }, { share: percentage / 100 }),
      };
    });
    const pairs = percentages.map((percentage) => ({ row: `share-${percentage}`, against: 'upr-inst' }));
    return { rows: [baseRow('Q-PEFT-R'), ...rows], pairs: [...pairs, { row: 'share-100', against: 'share-10' }] };
  },
  conclude(results) {
    const sizes = results.rows.filter(({ row }) => row.id.startsWith('share-'));
    const curve = sizes.map(({ row }) => `${formatValue(results.value(row.id))} with ${row.x} queries`).join(', ');
    const againstBase = results.pairs.filter(({ against }) => against.id === 'upr-inst');
    return (
      `Q-PEFT-R has nDCG@10 ${curve} (UPR-Inst ${formatValue(results.value('upr-inst'))}): all of the training queries against a tenth of them is ` +
      `${describePair(results.pair('share-100', 'share-10'))}, and against UPR-Inst the sizes are ${tallyPairs(againstBase, ({ row }) => row.label)}.`
    );
  },
};
