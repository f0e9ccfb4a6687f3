import type { ArgsDef, CommandDef } from 'citty';

/** One command as the help shows it; its code is loaded only when it runs, so that `--help` never waits for the engine. */
export interface CommandEntry {
  /** The words that call it: `rerank`, `model fetch`. */
  readonly words: string;
  readonly summary: string;
  /** Whole command lines with a comment each, shown under the flags. */
  readonly examples: readonly string[];
  load(): Promise<CommandDef<ArgsDef>>;
}

// biome-ignore lint/suspicious/noExplicitAny: citty's CommandDef is invariant in its flags; only their names are read here.
const erased = (command: CommandDef<any>): CommandDef<ArgsDef> => command;

export const commandTable: readonly CommandEntry[] = [
  {
    words: 'rerank',
    summary: 'Order documents by how well each explains a query',
    examples: [
      `hintrank rerank --query "Where is Normandy?" --documents passages.jsonl --top-n 5`,
      `hintrank rerank --query "Where is Normandy?" --documents - --adapter adapter.safetensors --json < passages.jsonl`,
    ],
    load: async () => erased((await import('#cli/commands/rerank.ts')).rerankCommand),
  },
  {
    words: 'score',
    summary: 'Log-likelihoods of many (query, document) pairs, line by line',
    examples: [
      `hintrank score --input pairs.jsonl --output scores.jsonl`,
      `echo '{"query":"Where is Normandy?","document":"Normandy lies in France."}' | hintrank score --input - --precision int8`,
    ],
    load: async () => erased((await import('#cli/commands/score.ts')).scoreCommand),
  },
  {
    words: 'evaluate',
    summary: 'Rerank a TREC run over a BEIR folder and measure what changed',
    examples: [
      `hintrank evaluate --data squad-passages --run squad-passages/runs/test300.bm25.trec --method clean-1 --output clean-1.trec`,
      `hintrank evaluate --data scifact --run bm25.trec --method upr-1 --with-title --precision int8 --compare upr-1.fp32.trec`,
    ],
    load: async () => erased((await import('#cli/commands/evaluate.ts')).evaluateCommand),
  },
  {
    words: 'calibrate',
    summary: 'Fit what turns blended scores into probabilities of relevance',
    examples: [`hintrank calibrate --data squad-passages --split train --held-out-split dev --output calibration.json`],
    load: async () => erased((await import('#cli/commands/calibrate.ts')).calibrateCommand),
  },
  {
    words: 'train',
    summary: 'Train an adapter from a few hundred judged queries',
    examples: [
      `hintrank train --data squad-passages --output adapter.safetensors`,
      `hintrank train --data judged.jsonl --output adapter.safetensors --method attend --steps 100 --seed 7`,
      `hintrank train --data judged.jsonl --dev dev.jsonl --test test.jsonl --output adapter.safetensors --loss-over blended`,
      `hintrank train --data judged.jsonl --remote --adapter support-tickets --preset quick`,
    ],
    load: async () => erased((await import('#cli/commands/train.ts')).trainCommand),
  },
  {
    words: 'job list',
    summary: "List the tenant's training jobs",
    examples: [`hintrank job list --limit 5`],
    load: async () => erased((await import('#cli/commands/job-list.ts')).jobListCommand),
  },
  {
    words: 'job show',
    summary: 'Show a training job',
    examples: [`hintrank job show tj_5n8y1r6s2bhe4fq9w2m0`],
    load: async () => erased((await import('#cli/commands/job-show.ts')).jobShowCommand),
  },
  {
    words: 'job follow',
    summary: 'Follow a training job until it has ended',
    examples: [`hintrank job follow tj_5n8y1r6s2bhe4fq9w2m0`],
    load: async () => erased((await import('#cli/commands/job-follow.ts')).jobFollowCommand),
  },
  {
    words: 'job report',
    summary: "Fetch a completed training job's report, as JSON or as a page",
    examples: [`hintrank job report tj_5n8y1r6s2bhe4fq9w2m0 --output report.html`],
    load: async () => erased((await import('#cli/commands/job-report.ts')).jobReportCommand),
  },
  {
    words: 'job cancel',
    summary: 'Cancel a training job',
    examples: [`hintrank job cancel tj_5n8y1r6s2bhe4fq9w2m0`],
    load: async () => erased((await import('#cli/commands/job-cancel.ts')).jobCancelCommand),
  },
  {
    words: 'adapter import',
    summary: 'Make an adapter of a checkpoint of the authors, or of a PEFT prompt',
    examples: [
      `hintrank adapter import checkpoint.safetensors --output adapter.safetensors --model llama-2-7b-chat --k 15`,
      `hintrank adapter import prompt-tuning --output prompt.safetensors --model llama-2-7b-chat`,
    ],
    load: async () => erased((await import('#cli/commands/adapter-import.ts')).adapterImportCommand),
  },
  {
    words: 'adapter push',
    summary: 'Upload an adapter as the newest version of a name',
    examples: [
      `hintrank adapter push adapter.safetensors --name support-tickets --alias canary`,
      `HINTRANK_API_KEY=hr_… hintrank adapter push adapter.safetensors --name support-tickets --url https://rerank.example.com`,
    ],
    load: async () => erased((await import('#cli/commands/adapter-push.ts')).adapterPushCommand),
  },
  {
    words: 'adapter list',
    summary: "List the tenant's adapters",
    examples: [`hintrank adapter list`],
    load: async () => erased((await import('#cli/commands/adapter-list.ts')).adapterListCommand),
  },
  {
    words: 'adapter describe',
    summary: "Show an adapter's versions and what points at them",
    examples: [`hintrank adapter describe support-tickets`, `hintrank adapter describe support-tickets@3 --json`],
    load: async () => erased((await import('#cli/commands/adapter-describe.ts')).adapterDescribeCommand),
  },
  {
    words: 'adapter alias',
    summary: 'Point an alias at a version',
    examples: [
      `hintrank adapter alias support-tickets@3 --alias prod`,
      `hintrank adapter alias support-tickets --alias canary --remove`,
    ],
    load: async () => erased((await import('#cli/commands/adapter-alias.ts')).adapterAliasCommand),
  },
  {
    words: 'adapter rollback',
    summary: 'Point an alias back at the version before',
    examples: [`hintrank adapter rollback support-tickets --alias prod`],
    load: async () => erased((await import('#cli/commands/adapter-rollback.ts')).adapterRollbackCommand),
  },
  {
    words: 'adapter delete',
    summary: 'Delete a version of an adapter, or all of them',
    examples: [`hintrank adapter delete support-tickets@2`, `hintrank adapter delete support-tickets --all`],
    load: async () => erased((await import('#cli/commands/adapter-delete.ts')).adapterDeleteCommand),
  },
  {
    words: 'adapter inspect',
    summary: 'Check an adapter file on this machine',
    examples: [`hintrank adapter inspect adapter.safetensors`],
    load: async () => erased((await import('#cli/commands/adapter-inspect.ts')).adapterInspectCommand),
  },
  {
    words: 'study',
    summary: 'Repeat one of the experiments of the paper, with plots',
    examples: [
      `hintrank study leakage --data squad-passages --output studies`,
      `hintrank study retrievers --data squad-passages --run dense.trec --output studies --seeds 3`,
    ],
    load: async () => erased((await import('#cli/commands/study.ts')).studyCommand),
  },
  {
    words: 'plan calibrate',
    summary: 'Measure a running worker: the hardware profile of a plan',
    examples: [`WORKER_SIGNING_KEY=… hintrank plan calibrate --worker http://127.0.0.1:8790 --output own.json`],
    load: async () => erased((await import('#cli/commands/plan-calibrate.ts')).planCalibrateCommand),
  },
  {
    words: 'plan',
    summary: 'Workers, memory, cost and latencies for a load, on paper',
    examples: [
      `hintrank plan --documents-per-second 40 --documents-per-request 20 --hit-rate 0.8 --p99-ms 1500`,
      `hintrank plan --requests-per-second 2 --documents-per-request 10,50,100 --workers 6`,
      `hintrank plan --documents-per-second 500 --hardware gpu.json --model llama-3.2-1b --hot-documents 50000 --json`,
    ],
    load: async () => erased((await import('#cli/commands/plan.ts')).planCommand),
  },
  {
    words: 'model fetch',
    summary: 'Download a model, or check that it is here and whole',
    examples: [`hintrank model fetch`],
    load: async () => erased((await import('#cli/commands/model-fetch.ts')).modelFetchCommand),
  },
  {
    words: 'key create',
    summary: 'Make an API key',
    examples: [
      `hintrank key create --name "search backend" --scopes rerank --tokens-per-day 50000000`,
      `hintrank key create --database remote --tenant acme --name operator --scopes admin`,
    ],
    load: async () => erased((await import('#cli/commands/key-create.ts')).keyCreateCommand),
  },
  {
    words: 'key list',
    summary: "List the tenant's API keys",
    examples: [`HINTRANK_API_KEY=hr_… hintrank key list --url https://rerank.example.com`],
    load: async () => erased((await import('#cli/commands/key-list.ts')).keyListCommand),
  },
  {
    words: 'key rotate',
    summary: 'Replace an API key; the old one goes on for a while',
    examples: [`hintrank key rotate key_4fq9w2m0c7x1t8ka --overlap-hours 48`],
    load: async () => erased((await import('#cli/commands/key-rotate.ts')).keyRotateCommand),
  },
  {
    words: 'key revoke',
    summary: 'End an API key',
    examples: [`hintrank key revoke key_4fq9w2m0c7x1t8ka`],
    load: async () => erased((await import('#cli/commands/key-revoke.ts')).keyRevokeCommand),
  },
  {
    words: 'key peppers',
    summary: 'Count the API keys under each pepper of a database',
    examples: [`API_KEY_PEPPER=…,… hintrank key peppers --database remote`],
    load: async () => erased((await import('#cli/commands/key-peppers.ts')).keyPeppersCommand),
  },
];
