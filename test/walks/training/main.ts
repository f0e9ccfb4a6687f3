import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { findModel } from '#infra/local/find-model.ts';
import { readWalkDataset } from '#test/walks/training/read-walk-dataset.ts';
import { walkTraining } from '#test/walks/training/walk-training.ts';

const help = `npm run walk:training -- --data PATH [FLAGS]: everything that the service does with training, over HTTP, against a stack that this starts:
upload, train, follow, rerank, roll back; then hintrank evaluate of the published adapter. Status 1 where anything is not as it should be

  --data PATH        a BEIR folder, or JSON Lines of {query, relevant_passages, hard_negatives?, split?}
  --queries N        training queries of a folder (320)
  --preset NAME      of the job (standard)
  --steps N          steps of the job, instead of the preset's
  --dev-queries N    dev queries of the job, instead of the preset's
  --model PATH       GGUF file or folder; without it the default model
`;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      queries: { type: 'string', default: '320' },
      preset: { type: 'string', default: 'standard' },
      steps: { type: 'string' },
      'dev-queries': { type: 'string' },
      model: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.data === undefined) {
    process.stdout.write(help);
    return values.help ? 0 : 2;
  }
  const modelPath = resolve(await findModel(values.model, signal, say));
  const stateFolder = await mkdtemp(join(tmpdir(), 'hintrank-walk-'));
  try {
    const differences = await walkTraining({
      ...{ modelPath, stateFolder, say, signal, preset: values.preset, precision: 'auto' },
      dataset: await readWalkDataset(values.data, positive('queries', values.queries)),
      name: basename(resolve(values.data))
        .replace(/\.\w+$/, '')
        .toLowerCase(),
      settings: {
        ...(values.steps === undefined ? {} : { steps: positive('steps', values.steps) }),
        ...(values['dev-queries'] === undefined ? {} : { dev_queries: positive('dev-queries', values['dev-queries']) }),
      },
      modelCacheFolder: convertedWeightsFolder,
    });
    const end =
      differences.length === 0 ? 'Everything is as it should be.' : `Not as it should be: ${differences.join('; ')}.`;
    say(`\n${end}`);
    return differences.length === 0 ? 0 : 1;
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

function positive(flag: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`--${flag} must be a whole number from 1 to 999999, not "${text}".`);
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => interrupted.abort(new Error('The walk was stopped.')));
process.exitCode = await main(process.argv.slice(2), interrupted.signal).catch((error: unknown) => {
  process.stderr.write(`walk: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
