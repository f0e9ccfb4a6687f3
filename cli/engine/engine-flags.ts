import { availableParallelism } from 'node:os';
import type { ArgsDef } from 'citty';
import { parseChoice, parseInteger } from '#cli/command-line/parse-values.ts';
import { type ChunkArguments, parseChunkFlags } from '#cli/engine/chunk-flags.ts';
import { type TemplateName, templateNames } from '#gpu-worker/q-peft/template-registry.ts';
import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { Precision, PrecisionChoice } from '#gpu-worker/scoring/scoring-engine.ts';
import { limits } from '#shared/limits.ts';

/** Threads past this many would only cost memory: each holds its own session. */
const threadsMax = 256;

/** The flags that every command with a model has; `precision` is each command's own. */
export const engineFlags = {
  model: {
    type: 'string',
    valueHint: 'PATH_OR_ID',
    description:
      'A GGUF file, a Hugging Face folder, or a hub id (ORG/NAME, ORG/NAME:FILE.gguf). Without it: the default model, downloaded once.',
  },
  template: {
    type: 'string',
    valueHint: templateNames.join('|'),
    description: "Prompt template. Without it: the adapter's, or clean-1.",
  },
  'max-tokens-per-doc': {
    type: 'string',
    valueHint: 'N',
    description: `Tokens of a document that are read, at most ${limits.maxTokensPerDocMax}; the rest is cut off. Without it: ${limits.maxTokensPerDocDefault}.`,
  },
  threads: { type: 'string', valueHint: 'N', description: 'Worker threads. Without it: one a core.' },
} as const satisfies ArgsDef;

/** The flag `--precision` with the command's default and its reason. */
export function precisionFlag(defaultValue: 'auto' | 'fp32' | 'int8', reason: string) {
  return {
    type: 'string',
    valueHint: defaultValue === 'auto' ? 'auto|fp32|int8' : 'fp32|int8',
    default: defaultValue,
    description: `Arithmetic of the model: ${reason}.`,
  } as const;
}

export interface EngineSettings {
  /** As typed; undefined is the default model. */
  readonly model: string | undefined;
  readonly precision: Precision;
  readonly threads: number;
  readonly template: TemplateName | undefined;
  readonly maxTokensPerDoc: number;
  /** undefined: each document in one piece. */
  readonly chunks: ChunkSettings | undefined;
}

/** With `auto` as a precision, for commands that do not name it before the engine has chosen. */
export interface ServingSettings extends Omit<EngineSettings, 'precision'> {
  readonly precision: PrecisionChoice;
}

interface EngineArguments extends ChunkArguments {
  readonly model?: string | undefined;
  readonly precision: string;
  readonly template?: string | undefined;
  readonly threads?: string | undefined;
  readonly 'max-tokens-per-doc'?: string | undefined;
}

/** @throws UsageError naming the flag, the value and the limits */
export function parseEngineFlags(flags: EngineArguments): EngineSettings {
  const { model, precision, template, threads, 'max-tokens-per-doc': maxTokens } = flags;
  const chunks = parseChunkFlags(flags);
  const [tokensDefault, tokensMax] =
    chunks === undefined
      ? [limits.maxTokensPerDocDefault, limits.maxTokensPerDocMax]
      : [limits.chunkedTokensPerDocDefault, limits.chunkedTokensPerDocMax];
  return {
    model,
    precision: parseChoice('precision', precision, ['fp32', 'int8']),
    threads: threads === undefined ? availableParallelism() : parseInteger('threads', threads, 1, threadsMax),
    template: template === undefined ? undefined : parseTemplate('template', template),
    maxTokensPerDoc:
      maxTokens === undefined ? tokensDefault : parseInteger('max-tokens-per-doc', maxTokens, 1, tokensMax),
    chunks,
  };
}

/** @throws UsageError as `parseEngineFlags` does */
export function parseServingFlags(flags: EngineArguments): ServingSettings {
  const precision = parseChoice('precision', flags.precision, ['auto', 'fp32', 'int8']);
  const settings = parseEngineFlags({ ...flags, precision: precision === 'auto' ? 'int8' : precision });
  return { ...settings, precision };
}

/** @throws UsageError when there is no template of that name */
function parseTemplate(flag: string, text: string): TemplateName {
  return parseChoice(flag, text, templateNames);
}

export function isTemplateName(text: string): text is TemplateName {
  return templateNames.some((name) => name === text);
}
