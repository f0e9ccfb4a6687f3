import type { ParsedArgs } from 'citty';
import { parseInteger, parseNumber } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { parseBm25Flags } from '#cli/engine/bm25-flags.ts';
import { parseChunkFlags } from '#cli/engine/chunk-flags.ts';
import { type EngineSettings, isTemplateName, parseEngineFlags } from '#cli/engine/engine-flags.ts';
import { type AdapterFile, readAdapterFile } from '#cli/engine/open-engine.ts';
import { parseScoringFlags } from '#cli/engine/scoring-flags.ts';
import type { evaluationFlags } from '#cli/evaluation/evaluation-flags.ts';
import type { FirstStageChoice } from '#gpu-worker/evaluation/first-stage/retrieve-first-stage.ts';
import { type TemplateName, templateNames } from '#gpu-worker/q-peft/template-registry.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import type { Scoring } from '#shared/protocol/rerank-request.ts';

/** Tokens of a document that are read in one piece; the published figures are of these. */
const passageTokens = '160';

export type EvaluationArguments = ParsedArgs<typeof evaluationFlags>;

/** Something that the engine can score with. */
export type Method =
  | { readonly kind: 'template'; readonly template: TemplateName }
  | { readonly kind: 'adapter'; readonly adapter: AdapterFile };

export interface EvaluationScoring {
  readonly scoring: Scoring;
  /** Of --calibration. */
  readonly calibration: Calibration | undefined;
}

const cutoffsMax = 20;
const cutoffMax = 10_000;
const seedMax = 2 ** 31 - 1;

/** @throws UsageError when not exactly one first stage is named */
export function parseFirstStage(args: EvaluationArguments): FirstStageChoice {
  const { run, 'first-stage': firstStage = run } = args;
  if (firstStage === undefined) throw new UsageError('--first-stage is required: bm25, random, or a TREC run.');
  if (run !== undefined && run !== firstStage)
    throw new UsageError('--run and --first-stage name the same thing; give one of them.');
  if (firstStage === 'random') return { kind: 'random', seed: parseSeed(args) };
  if (firstStage !== 'bm25') return { kind: 'run', path: firstStage };
  return { kind: 'bm25', parameters: parseBm25Flags(args) };
}

export function parseSeed(args: EvaluationArguments): number {
  return parseInteger('seed', args.seed, 0, seedMax);
}

export function parseFusion(args: EvaluationArguments): number | undefined {
  return args.fusion === undefined ? undefined : parseNumber('fusion', args.fusion, 0, 1);
}

/** @throws UsageError for constants that nothing is blended with, or what `parseScoringFlags` throws */
export async function parseEvaluationScoring(args: EvaluationArguments): Promise<EvaluationScoring> {
  const { scoring = 'likelihood', calibration } = await parseScoringFlags(args);
  if (scoring === 'likelihood' && calibration !== undefined)
    throw new UsageError('--calibration is for blended scores; give --scoring blended with it.');
  return { scoring, calibration };
}

/** Ascending, each once, with the two that every report names. */
/** The engine's flags; documents are cut to passages of common length unless something else is said. */
export function parseEvaluationEngine(args: EvaluationArguments): EngineSettings {
  const tokens = args['max-tokens-per-doc'] ?? (parseChunkFlags(args) === undefined ? passageTokens : undefined);
  return parseEngineFlags({ ...args, 'max-tokens-per-doc': tokens });
}

export function parseCutoffs(text: string): number[] {
  const cutoffs = text.split(',').map((part) => parseInteger('cutoffs', part.trim(), 1, cutoffMax));
  const distinct = [...new Set([1, 10, ...cutoffs])];
  if (distinct.length > cutoffsMax)
    throw new UsageError(`--cutoffs may name at most ${cutoffsMax} ranks, not ${distinct.length}.`);
  return distinct.sort((a, b) => a - b);
}

/** Null is `none`: nothing is scored. */
export async function parseMethod(text: string): Promise<Method | null> {
  if (text === 'none') return null;
  if (isTemplateName(text)) return { kind: 'template', template: text };
  try {
    return { kind: 'adapter', adapter: await readAdapterFile(text) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new UsageError(
      `--method is neither a template (${templateNames.join(', ')}), nor an adapter file, nor none: "${text}".`,
    );
  }
}

/** A method by its name, an adapter by the ending of its file, anything else is a run. */
export async function parseCompared(text: string): Promise<Method | { readonly kind: 'run'; readonly path: string }> {
  if (isTemplateName(text)) return { kind: 'template', template: text };
  if (text.endsWith('.safetensors')) return { kind: 'adapter', adapter: await readAdapterFile(text) };
  return { kind: 'run', path: text };
}
