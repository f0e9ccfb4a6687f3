import { describePair, describeRange, tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyPair, StudyRow } from '#cli/study/study.ts';
import type { PairResult, StudyResults } from '#cli/study/study-results.ts';
import { baseRow, bm25Candidates, trained } from '#cli/study/study-rows.ts';

const hintCounts = [2, 5, 10, 20];
const headCounts = [1, 2, 4, 8];
/** The preset's, which the others are held against. */
const hintsPreset = 10;
const headsPreset = 2;

const row = (id: string, label: string, settings: Parameters<typeof trained>[0]): StudyRow => ({
  id,
  panel: 'variant',
  label,
  candidates: bm25Candidates,
  scorer: trained(settings),
});
const hintRow = (k: number): StudyRow => ({
  ...row(`k-${k}`, `R with k ${k}`, { method: 'retrieve', k }),
  panel: 'k: hints of R',
  series: 'Q-PEFT-R',
  x: k,
});
const headRow = (heads: number): StudyRow => ({
  ...row(`heads-${heads}`, `A with ${heads} ${heads === 1 ? 'head' : 'heads'}`, { method: 'attend', heads }),
  panel: 'heads of A',
  series: 'Q-PEFT-A',
  x: heads,
});

/** R against A against a soft prompt; k of R; heads of A. */
export const variantsStudy: Study = {
  name: 'variants',
  title: 'Variants of the query-dependent module',
  question: 'Which of R, A and a plain soft prompt ranks best, and what do k and the number of heads change?',
  takesRun: false,
  notes: () => ['R has 10 hints and A 2 heads unless it says otherwise; everything else is the preset of `train`.'],
  grid() {
    const rows = [
      baseRow('variant'),
      row('r', 'Q-PEFT-R', { method: 'retrieve', k: hintsPreset }),
      row('a', 'Q-PEFT-A', { method: 'attend', heads: headsPreset }),
      row('soft', 'soft prompt', { method: 'soft-prompt' }),
      ...hintCounts.map(hintRow),
      ...headCounts.map(headRow),
    ];
    const pairs: StudyPair[] = [
      { row: 'a', against: 'r' },
      ...['r', 'a', 'soft'].map((id) => ({ row: id, against: 'upr-inst' })),
      ...['r', 'a'].map((id) => ({ row: id, against: 'soft' })),
      ...hintCounts.filter((k) => k !== hintsPreset).map((k) => ({ row: `k-${k}`, against: `k-${hintsPreset}` })),
      ...headCounts
        .filter((heads) => heads !== headsPreset)
        .map((heads) => ({ row: `heads-${heads}`, against: `heads-${headsPreset}` })),
    ];
    return { rows, pairs };
  },
  conclude(results) {
    const nameRow = ({ row: { label } }: PairResult): string => label;
    const settings = (prefix: string): PairResult[] => results.pairs.filter(({ row: { id } }) => id.startsWith(prefix));
    return (
      `A against R is ${describePair(results.pair('a', 'r'))}; against UPR-Inst the variants are ${tallyPairs(againstBase(results), nameRow)}, ` +
      `and R and A against a soft prompt ${tallyPairs([results.pair('r', 'soft'), results.pair('a', 'soft')], nameRow)}; ` +
      `of k, ${range(results, 'k-')}, other values than ${hintsPreset} being ${tallyPairs(settings('k-'), nameRow)}; ` +
      `of heads, ${range(results, 'heads-')}, other values than ${headsPreset} being ${tallyPairs(settings('heads-'), nameRow)}.`
    );
  },
};

function againstBase(results: StudyResults): PairResult[] {
  return results.pairs.filter(({ against }) => against.id === 'upr-inst');
}

function range(results: StudyResults, prefix: string): string {
  return describeRange(
    results,
    results.rows.map(({ row: { id } }) => id).filter((id) => id.startsWith(prefix)),
  );
}
