import type { ArgsDef } from 'citty';
import { bm25Flags } from '#cli/engine/bm25-flags.ts';
import { chunkFlags } from '#cli/engine/chunk-flags.ts';
import { engineFlags, precisionFlag } from '#cli/engine/engine-flags.ts';
import { scoringFlags } from '#cli/engine/scoring-flags.ts';

/** The flags of `hintrank evaluate`. */
export const evaluationFlags = {
  data: {
    type: 'string',
    required: true,
    valueHint: 'DIR',
    description: 'Folder with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv.',
  },
  'first-stage': {
    type: 'string',
    valueHint: 'bm25|random|RUN.trec',
    description:
      'Where the candidates come from: BM25 over the corpus, random documents, or a TREC run (a dense retriever, say).',
  },
  run: { type: 'string', valueHint: 'RUN.trec', description: 'The same as --first-stage RUN.trec.' },
  depth: {
    type: 'string',
    default: '20',
    valueHint: 'N',
    description:
      'Documents of each query that are reranked and measured; the rest is dropped, for the first stage too.',
  },
  method: {
    type: 'string',
    default: 'clean-1',
    valueHint: 'clean-1|upr-1|ADAPTER_FILE|none',
    description: 'A template without an adapter, an adapter file, or none to measure the first stage alone.',
  },
  scoring: {
    ...scoringFlags.scoring,
    default: 'likelihood',
    description:
      'What orders what is scored: the likelihood alone (the paper), or log-odds of relevance, from likelihoods and shared words.',
  },
  calibration: {
    ...scoringFlags.calibration,
    description:
      "With --scoring blended, constants of `hintrank calibrate` for --method. Without it: the adapter's, or those shipped for the default model.",
  },
  fusion: {
    type: 'string',
    valueHint: 'WEIGHT',
    description:
      'Also measure the method fused with the first stage: WEIGHT · first stage + (1 − WEIGHT) · method, both z-scored over the candidates of a query; 0.5 is half and half.',
  },
  compare: {
    type: 'string',
    valueHint: 'RUN.trec|clean-1|upr-1|ADAPTER.safetensors',
    description: 'Another ranking of the same candidates to test against; of a run, the scores are compared too.',
  },
  split: { type: 'string', default: 'test', valueHint: 'NAME', description: 'Which file of qrels/ judges.' },
  cutoffs: {
    type: 'string',
    default: '1,5,10,20',
    valueHint: 'K,K,…',
    description: 'Ranks at which nDCG, Hit, Recall and MRR are measured; 1 and 10 always are.',
  },
  'limit-queries': { type: 'string', valueHint: 'N', description: 'Only the first N queries.' },
  'answerable-only': {
    type: 'boolean',
    description: 'Leave out queries without a relevant document among the candidates, as the paper does.',
  },
  'with-title': {
    type: 'boolean',
    description: 'Score "title. text" (as the published SciFact figures do) instead of the text alone.',
  },
  ...bm25Flags,
  seed: { type: 'string', default: '1', valueHint: 'N', description: 'Of random documents and of the bootstrap.' },
  output: {
    type: 'string',
    valueHint: 'RUN.trec',
    description: 'Write the reranked run, with mean log-likelihoods (nats per query token) or, blended, log-odds.',
  },
  'first-stage-output': { type: 'string', valueHint: 'RUN.trec', description: "Write the first stage's run." },
  json: { type: 'boolean', description: 'JSON instead of a table, with the metrics of every query.' },
  markdown: { type: 'string', valueHint: 'FILE.md', description: 'Also write the report as Markdown.' },
  html: { type: 'string', valueHint: 'FILE.html', description: 'Also write the report as one HTML page with plots.' },
  ...chunkFlags,
  ...engineFlags,
  'max-tokens-per-doc': {
    ...engineFlags['max-tokens-per-doc'],
    description: 'Tokens of a document that are read, from its start. Without it: 160, or 8192 in chunks.',
  },
  precision: precisionFlag('fp32', 'fp32 is the reference, int8 about three times as fast'),
} as const satisfies ArgsDef;
