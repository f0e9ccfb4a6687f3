import type { ArgsDef } from 'citty';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { bm25Flags } from '#cli/engine/bm25-flags.ts';
import { type TrainingSettings, trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';

/** The flags of `train` that are settings: flag → field of the settings. */
export const settingFields = {
  method: 'method',
  k: 'k',
  heads: 'heads',
  filters: 'filters',
  'hint-order': 'hintOrder',
  template: 'template',
  'loss-over': 'lossOver',
  'learning-rate': 'learningRate',
  steps: 'steps',
  'warm-up-steps': 'warmUpSteps',
  'weight-decay': 'weightDecay',
  'queries-per-step': 'queriesPerStep',
  'negatives-per-query': 'negativesPerQuery',
  'max-tokens-per-doc': 'maxTokensPerDoc',
  'evaluate-every': 'evaluateEvery',
  keep: 'keep',
  patience: 'patience',
  'dev-queries': 'devQueries',
  'dev-depth': 'devDepth',
  'attention-dropout': 'attentionDropout',
  seed: 'seed',
} as const;

const textFields: ReadonlySet<string> = new Set(['method', 'filters', 'hintOrder', 'template', 'lossOver', 'keep']);

const defaults = trainingSettingsSchema.parse({});

const numberFlag = (field: keyof TrainingSettings, description: string) =>
  ({ type: 'string', valueHint: 'N', description: `${description} (Default: ${defaults[field]})` }) as const;

export const trainingFlags = {
  data: {
    type: 'string',
    required: true,
    valueHint: 'DIR|FILE.jsonl',
    description:
      'A BEIR folder, or lines of {"query", "relevant_passages", "hard_negatives"?}; with --remote also a zip archive of such a folder.',
  },
  output: {
    type: 'string',
    valueHint: 'FILE',
    description: 'The adapter file; a report is put beside it. Required without --remote.',
  },
  dev: {
    type: 'string',
    valueHint: 'FILE.jsonl',
    description: 'Dev queries beside a file; without it, some are set apart.',
  },
  test: { type: 'string', valueHint: 'FILE.jsonl', description: 'Test queries, which are kept out of training.' },
  'train-queries': {
    type: 'string',
    valueHint: 'N',
    description: 'At most so many training queries, drawn by the seed.',
  },
  method: {
    type: 'string',
    valueHint: 'retrieve|attend|soft-prompt',
    description: 'What is trained. (Default: retrieve)',
  },
  k: numberFlag('k', 'Hint tokens of retrieve.'),
  heads: numberFlag('heads', 'Attention heads of attend.'),
  filters: {
    type: 'string',
    valueHint: 'dqsa',
    description: `Filters of the hint tokens, or none. (Default: ${defaults.filters})`,
  },
  'hint-order': {
    type: 'string',
    valueHint: 'similarity|query|document',
    description: `How the hint tokens of retrieve stand in the block. (Default: ${defaults.hintOrder})`,
  },
  'random-hints': { type: 'boolean', description: 'Random document tokens as hints: the ablation of the paper.' },
  template: { type: 'string', valueHint: 'NAME', description: `Prompt template. (Default: ${defaults.template})` },
  loss: {
    type: 'string',
    valueHint: 'listwise|pairwise',
    description: 'Loss; pairwise is the paper’s. (Default: listwise)',
  },
  'loss-over': {
    type: 'string',
    valueHint: 'likelihood|blended',
    description: `What the loss compares and dev looks rank by; blended adds the lexical match, as the API orders. (Default: ${defaults.lossOver})`,
  },
  margin: { type: 'string', valueHint: 'NATS', description: 'Margin of the pairwise loss. (Default: 0)' },
  temperature: { type: 'string', valueHint: 'NATS', description: 'Temperature of the listwise loss. (Default: 0.2)' },
  'in-batch-negatives': { type: 'boolean', description: 'Documents of the step’s other queries are negatives too.' },
  'learning-rate': numberFlag('learningRate', 'Of AdamW, at its height.'),
  steps: numberFlag('steps', 'Steps at most.'),
  'warm-up-steps': numberFlag('warmUpSteps', 'Steps until the full learning rate.'),
  'weight-decay': numberFlag('weightDecay', 'Of MLP and attention.'),
  'queries-per-step': numberFlag('queriesPerStep', 'Queries of a step.'),
  'negatives-per-query': numberFlag('negativesPerQuery', 'Hard negatives drawn per query and step.'),
  'max-tokens-per-doc': numberFlag('maxTokensPerDoc', 'Tokens of a document that are read.'),
  'attention-dropout': numberFlag('attentionDropout', 'Dropout of the attention in training.'),
  'dev-queries': numberFlag('devQueries', 'Dev queries that are looked at.'),
  'dev-depth': numberFlag('devDepth', 'Candidates of each dev query that are reranked.'),
  'evaluate-every': numberFlag('evaluateEvery', 'Steps between looks at the dev queries, and checkpoints.'),
  keep: {
    type: 'string',
    valueHint: 'one-standard-error|best|last',
    description: `Which look’s adapter is kept; one-standard-error: the last that the dev queries cannot tell from the best; last never ends early. (Default: ${defaults.keep})`,
  },
  patience: numberFlag('patience', 'Looks without a gain before the run ends.'),
  seed: numberFlag('seed', 'The same seed gives the same adapter.'),
  ...bm25Flags,
  'with-title': { type: 'boolean', description: 'Read "title. text" of a document instead of the text alone.' },
  calibration: {
    type: 'string',
    valueHint: 'FILE.json',
    description: 'Constants of the base model, as calibrate writes them. Without it: those shipped for the model.',
  },
  'with-first-stage': {
    type: 'boolean',
    description:
      "Fit the adapter's calibration with BM25's score too, for documents that bring it (documents[].score).",
  },
  storage: { type: 'string', valueHint: 'fp16|fp32', default: 'fp16', description: 'Numbers in the adapter file.' },
  'prefix-cache-gb': {
    type: 'string',
    valueHint: 'N',
    default: '8',
    description: 'Disk for what the frozen model made of documents, kept for later runs; 0 computes it each time.',
  },
  json: { type: 'boolean', description: 'Print the report as JSON.' },
} as const satisfies ArgsDef;

/** @throws UsageError naming the flag, the value and the limit */
export function parseTrainingSettings(args: Readonly<Record<string, unknown>>): TrainingSettings {
  const settings: Record<string, unknown> = {};
  for (const [flag, field] of Object.entries(settingFields)) {
    const text = args[flag];
    if (typeof text === 'string') settings[field] = textFields.has(field) ? text : numberOf(flag, text);
  }
  if (args['random-hints'] === true) settings['hintChoice'] = 'random';
  if (args['in-batch-negatives'] === true) settings['inBatchNegatives'] = true;
  settings['loss'] = lossOf(args);
  const parsed = trainingSettingsSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.at(-1);
  const flag = Object.entries(settingFields).find(([, name]) => name === field)?.[0] ?? String(field);
  throw new UsageError(
    `${describeFieldFault(issue, settings, { whole: 'the settings', shownName: () => `--${flag}` })}.`,
  );
}

function lossOf(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { loss = 'listwise', margin, temperature } = args;
  if (loss !== 'listwise' && loss !== 'pairwise') {
    throw new UsageError(`--loss must be one of listwise, pairwise, not "${String(loss)}".`);
  }
  if (loss === 'listwise' && margin !== undefined) throw new UsageError('--margin belongs to --loss pairwise.');
  if (loss === 'pairwise' && temperature !== undefined)
    throw new UsageError('--temperature belongs to --loss listwise.');
  return {
    kind: loss,
    ...(typeof margin === 'string' ? { margin: numberOf('margin', margin) } : {}),
    ...(typeof temperature === 'string' ? { temperature: numberOf('temperature', temperature) } : {}),
  };
}

function numberOf(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`--${flag} must be a number, not "${text}".`);
}
