import { basename } from 'node:path';
import { tallyPairs } from '#cli/study/describe-pairs.ts';
import type { Study, StudyFirstStage, StudyInputs, StudyPair, StudyRow, StudyScorer } from '#cli/study/study.ts';
import type { PairResult, StudyResults } from '#cli/study/study-results.ts';
import { baseScorer, firstStageScorer, trained, uprScorer } from '#cli/study/study-rows.ts';
import { formatDifference } from '#gpu-worker/evaluation/report/describe-comparison.ts';

const methods: readonly (readonly [id: string, label: string, scorer: StudyScorer])[] = [
  ['first-stage', 'first stage', firstStageScorer],
  ['upr', 'UPR', uprScorer],
  ['upr-inst', 'UPR-Inst', baseScorer],
  ['r', 'Q-PEFT-R', trained({ method: 'retrieve' })],
  ['a', 'Q-PEFT-A', trained({ method: 'attend' })],
];

const comparedMethods = [
  ['r', 'first-stage'],
  ['r', 'upr'],
  ['r', 'upr-inst'],
  ['a', 'first-stage'],
  ['a', 'upr'],
  ['a', 'upr-inst'],
] as const;

/** Paper section 4: the same adapters behind retrievers that they were not trained with. */
export const retrieversStudy: Study = {
  name: 'retrievers',
  title: 'UPR and Q-PEFT behind different first stages',
  question: 'Does an adapter that learned from BM25’s negatives help behind other first stages too?',
  takesRun: true,
  notes: ({ runPath }) => [
    'Adapters are trained once, with BM25’s negatives, and used behind every first stage.',
    'Queries count where the first stage found a relevant document, so the sets of queries differ between first stages.',
    'Random: documents of the corpus in random order; where none of them is relevant, one of the query’s relevant documents takes a random place.',
    ...(runPath === undefined ? ['No run of a dense first stage was given (--run).'] : []),
  ],
  grid(inputs) {
    const stages = firstStages(inputs);
    const rows = stages.flatMap(([stage, panel, firstStage]) =>
      methods.map(([id, label, scorer]): StudyRow => {
        const candidates = { firstStage, answerableOnly: true };
        return { id: `${stage}/${id}`, panel, label, candidates, scorer };
      }),
    );
    const pairs = stages.flatMap(([stage]) =>
      comparedMethods.map(([row, against]): StudyPair => ({ row: `${stage}/${row}`, against: `${stage}/${against}` })),
    );
    return { rows, pairs };
  },
  conclude(results) {
    const stages = new Set(results.rows.map(({ row }) => row.panel));
    const against = (method: string): string =>
      tallyPairs(
        results.pairs.filter((pair) => pair.against.id.endsWith(`/${method}`)),
        ({ row }) => `${row.label} behind ${row.panel}`,
      );
    return (
      `Behind ${stages.size} first stages (${[...stages].join(', ')}): against UPR, Q-PEFT is ${against('upr')}; against UPR-Inst ${against('upr-inst')}; ` +
      `against the first stage itself ${against('first-stage')}${largestGain(results)}.`
    );
  },
};

function firstStages({ runPath }: StudyInputs): (readonly [id: string, panel: string, StudyFirstStage])[] {
  return [
    ['bm25', 'BM25', { kind: 'bm25', queryShare: 1 }],
    ...(runPath === undefined ? [] : [['run', basename(runPath), { kind: 'run', path: runPath }] as const]),
    ['random', 'random documents', { kind: 'random' }],
  ];
}

function largestGain({ pairs }: StudyResults): string {
  const largest = (found: PairResult | null, pair: PairResult): PairResult =>
    found === null || pair.difference.meanDifference > found.difference.meanDifference ? pair : found;
  const best = pairs.filter(({ against }) => against.id.endsWith('/upr-inst')).reduce(largest, null);
  if (best === null) return '';
  return `; the largest difference to UPR-Inst is ${formatDifference(best.difference.meanDifference)} (${best.row.label} behind ${best.row.panel})`;
}
