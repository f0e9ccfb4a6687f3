import type { ArgsDef, ParsedArgs } from 'citty';
import { parseChoice, parseInteger } from '#cli/command-line/parse-values.ts';
import { engineFlags, precisionFlag } from '#cli/engine/engine-flags.ts';
import { trainingFlags } from '#cli/engine/training-flags.ts';
import type { StudySizes } from '#cli/study/study.ts';
import { limits } from '#shared/limits.ts';

const size = (value: number, description: string) =>
  ({ type: 'string', default: String(value), valueHint: 'N', description }) as const;

/** The flags of `hintrank study`. The sizes' defaults are meant for a laptop: minutes a study, and intervals as wide as that. */
export const studyFlags = {
  name: { type: 'positional', required: true, description: 'Which study; see the list above.' },
  data: {
    type: 'string',
    required: true,
    valueHint: 'DIR',
    description: 'Folder with corpus.jsonl, queries.jsonl, qrels/train.tsv and qrels/test.tsv (and dev.tsv).',
  },
  output: {
    type: 'string',
    required: true,
    valueHint: 'FOLDER',
    description: 'Where report, plots and finished cells go; a study that was stopped goes on from them.',
  },
  run: {
    type: 'string',
    valueHint: 'RUN.trec',
    description: 'Of `retrievers`: candidates of another first stage, as a dense retriever.',
  },
  'train-queries': size(64, 'Queries that adapters learn from.'),
  'test-queries': size(48, 'Test queries, drawn with a fixed seed.'),
  depth: size(10, 'Candidates of each test query.'),
  steps: size(24, 'Steps of each training.'),
  seeds: size(1, 'Trainings of each adapter; figures are averaged over them.'),
  'dev-queries': size(24, 'Dev queries that a training looks at.'),
  keep: {
    type: 'string',
    default: 'last',
    valueHint: 'last|best',
    description:
      'Measure the adapter of the last step, or of the best look; with few dev queries the best is a matter of luck.',
  },
  'max-tokens-per-doc': size(160, 'Tokens of a passage that are read.'),
  'with-title': { type: 'boolean', description: 'Read "title. text" of a document instead of the text alone.' },
  json: { type: 'boolean', description: 'Print the report as JSON instead of Markdown.' },
  model: engineFlags.model,
  threads: engineFlags.threads,
  'prefix-cache-gb': trainingFlags['prefix-cache-gb'],
  precision: precisionFlag('fp32', 'of the measurement; fp32 is the reference, int8 about three times as fast'),
} as const satisfies ArgsDef;

export type StudyArguments = ParsedArgs<typeof studyFlags>;

/** Most of any count; more would be a mistake. */
const countMax = 1_000_000;

/** @throws UsageError naming the flag, the value and the limits */
export function parseStudySizes(args: StudyArguments): StudySizes {
  return {
    trainQueries: parseInteger('train-queries', args['train-queries'], 1, countMax),
    testQueries: parseInteger('test-queries', args['test-queries'], 2, countMax),
    depth: parseInteger('depth', args.depth, 2, 1_000),
    steps: parseInteger('steps', args.steps, 1, 100_000),
    seeds: parseInteger('seeds', args.seeds, 1, 100),
    devQueries: parseInteger('dev-queries', args['dev-queries'], 1, 10_000),
    keep: parseChoice('keep', args.keep, ['last', 'best']),
    maxTokensPerDoc: parseInteger('max-tokens-per-doc', args['max-tokens-per-doc'], 1, limits.maxTokensPerDocMax),
  };
}
