import { describePair, formatValue, tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyPair, StudyRow, StudyScorer } from '#cli/study/study.ts';
import { baseScorer, bm25Candidates, trained } from '#cli/study/study-rows.ts';

/** Passages of a document. */
const lengths = [1, 2, 4];
const longest = 4;

const methods: readonly (readonly [id: string, label: string, scorer: StudyScorer])[] = [
  ['upr-inst', 'UPR-Inst', baseScorer],
  ['r', 'Q-PEFT-R', trained({ method: 'retrieve' })],
  ['a', 'Q-PEFT-A', trained({ method: 'attend' })],
];

/** Long documents: the passage among others, the whole of it read. */
export const lengthStudy: Study = {
  name: 'length',
  title: 'Long documents',
  question: 'What do the methods lose when the passage stands in a longer document, and do hints make up for it?',
  axis: 'passages of a document',
  takesRun: false,
  notes: ({ sizes }) => [
    `A document is the first 100 words of the passage, put at a random place among the first 100 words of other passages, drawn from the corpus and relevant to no test query; up to ${sizes.maxTokensPerDoc} tokens for each passage are read.`,
    'So the candidates and what answers the query stay the same, and only the text around it grows. (Reading more of the documents themselves would change nothing where they are short.)',
    'Candidates are BM25’s over the plain passages; adapters were trained on plain passages.',
  ],
  grid() {
    const rows = lengths.flatMap((passages) =>
      methods.map(
        ([id, label, scorer]): StudyRow => ({
          id: `${passages}/${id}`,
          panel: 'length',
          label: `${label} on ${passages === 1 ? 'the passage' : `${passages} passages`}`,
          x: passages,
          series: label,
          candidates: { ...bm25Candidates, passages },
          scorer,
        }),
      ),
    );
    const againstBase = lengths.flatMap((passages): StudyPair[] =>
      ['r', 'a'].map((id) => ({ row: `${passages}/${id}`, against: `${passages}/upr-inst` })),
    );
    const againstShort = methods.map(([id]) => ({ row: `${longest}/${id}`, against: `1/${id}` }));
    return { rows, pairs: [...againstBase, ...againstShort] };
  },
  conclude(results) {
    const losses = methods.map(
      ([id, label]) =>
        `${label} goes from ${formatValue(results.value(`1/${id}`))} to ${formatValue(results.value(`${longest}/${id}`))} (${describePair(results.pair(`${longest}/${id}`, `1/${id}`))})`,
    );
    const againstBase = lengths.flatMap((passages) =>
      ['r', 'a'].map((id) => results.pair(`${passages}/${id}`, `${passages}/upr-inst`)),
    );
    return (
      `From the passage alone to ${longest} passages, nDCG@10 of ${losses.join(', of ')}; against UPR-Inst at the same length the adapters are ` +
      `${tallyPairs(againstBase, ({ row }) => row.label)}.`
    );
  },
};
