import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { type ArgsDef, defineCommand } from 'citty';
import { commandIo } from '#cli/command-line/command-io.ts';
import { parseChoice } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { engineFlags } from '#cli/engine/engine-flags.ts';
import { findModel } from '#cli/engine/open-engine.ts';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { renderImport } from '#cli/output/render-import.ts';
import { type ImportSettings, importSettingsSchema } from '#gpu-worker/adapter-import/import-settings.ts';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';
import { writeAtomically } from '#gpu-worker/files/write-atomically.ts';
import { templateNames } from '#gpu-worker/q-peft/template-registry.ts';
import { describeFieldFault } from '#shared/errors/describe-field-fault.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** The flags that are settings: flag → field. */
const settingFields = {
  method: 'method',
  k: 'k',
  heads: 'heads',
  filters: 'filters',
  template: 'template',
  'hint-location': 'hintLocation',
} as const;

const defaults = importSettingsSchema.parse({});

const settingFlags = {
  method: {
    type: 'string',
    valueHint: 'retrieve|attend|soft-prompt',
    description: 'What the checkpoint is. Without it: what its tensors are.',
  },
  k: { type: 'string', valueHint: 'N', description: `Hint tokens of retrieve. (Default: ${defaults.k})` },
  heads: { type: 'string', valueHint: 'N', description: `Attention heads of attend. (Default: ${defaults.heads})` },
  filters: {
    type: 'string',
    valueHint: 'dqsa',
    description: `Filters of the hint tokens, or none. (Default: ${defaults.filters})`,
  },
  template: {
    type: 'string',
    valueHint: templateNames.join('|'),
    description: `Prompt template that it was trained with. (Default: ${defaults.template})`,
  },
  'hint-location': {
    type: 'string',
    valueHint: 'suffix|prefix',
    description: `Hint block after the document, or right after the instruction. (Default: ${defaults.hintLocation})`,
  },
} as const satisfies ArgsDef;

/** `hintrank adapter import`: a foreign checkpoint as an adapter file. */
export const adapterImportCommand = defineCommand({
  meta: {
    name: 'adapter import',
    description:
      'Make an adapter file of a checkpoint of the Q-PEFT authors, or of a PEFT prompt-tuning folder (safetensors only). It is checked against the base model, and works with that one alone',
  },
  args: {
    path: {
      type: 'positional',
      required: true,
      description: 'A safetensors file, or a folder with one.',
    },
    output: { type: 'string', required: true, valueHint: 'FILE', description: 'The adapter file.' },
    model: { ...engineFlags.model, description: `The base model: ${lowerFirst(engineFlags.model.description)}` },
    ...settingFlags,
    storage: {
      type: 'string',
      valueHint: 'fp32|fp16',
      default: 'fp32',
      description: 'Numbers in the adapter file; fp32 keeps every value as it is.',
    },
    json: { type: 'boolean', description: 'Print what was done as JSON.' },
  },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    const settings = parseSettings(args);
    const storage = parseChoice('storage', args.storage, ['fp16', 'fp32']);
    const output = resolve(args.output);
    await checkOutputPath(output);
    // Imported here, so that --help and a wrong flag never wait for tokenizers and readers of weights.
    const [{ importAdapter }, { openModel }] = await Promise.all([
      import('#gpu-worker/adapter-import/import-adapter.ts'),
      import('#gpu-worker/language-model/open-model.ts'),
    ]);
    const model = openModel(await findModel(args.model, io), { cacheFolder: convertedWeightsFolder });
    try {
      const imported = namingSource(args.path, () => importAdapter(args.path, model, settings, storage));
      await writeAtomically(output, (write) => write(imported.file));
      const { file, config, notes } = imported;
      const report = {
        output: args.output,
        bytes: file.length,
        sha256: createHash('sha256').update(file).digest('hex'),
        source: imported.sourcePath,
        kind: imported.kind,
        config,
        notes,
      };
      await io.print(args.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderImport(report));
    } finally {
      model.close();
    }
  },
});

/** @throws UsageError naming the flag, its value and what it takes */
function parseSettings(args: Readonly<Record<string, unknown>>): ImportSettings {
  const settings: Record<string, unknown> = {};
  const typed: Record<string, string> = {};
  for (const [flag, field] of Object.entries(settingFields)) {
    const text = args[flag];
    if (typeof text !== 'string') continue;
    typed[field] = text;
    settings[field] = field === 'k' || field === 'heads' ? Number(text) : text;
  }
  const parsed = importSettingsSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const flag = Object.entries(settingFields).find(([, field]) => field === issue?.path[0])?.[0];
  throw new UsageError(`${describeFieldFault(issue, typed, { whole: 'the settings', shownName: () => `--${flag}` })}.`);
}

/** A refusal names the path that was typed. */
function namingSource<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
