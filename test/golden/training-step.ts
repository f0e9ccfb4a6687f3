import { attendInput, blockInput, type HintInput, similarTokens } from '#gpu-worker/q-peft/hint-input.ts';
import type { SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';
import { layoutPrefix, layoutSuffix, targetsOf } from '#gpu-worker/q-peft/layout-pair.ts';
import { noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import { type AdapterGradient, addDense, emptyGradient } from '#gpu-worker/training/gradients/adapter-gradient.ts';
import type { LanguageModelGradient } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import type { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { pairwiseLoss } from '#gpu-worker/training/losses/pairwise-loss.ts';
import type { RankingLoss } from '#gpu-worker/training/losses/ranking-loss.ts';
import type { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import type { GoldenModel } from '#test/golden/prepare-golden-model.ts';
import { goldenTemplate, qpeftCases, specialIds } from '#test/golden/qpeft-fixture.ts';

export interface StepContext {
  readonly golden: GoldenModel;
  readonly languageModel: LanguageModelGradient;
  readonly forward: LanguageModelRunner;
  /** null for a soft prompt. */
  readonly hints: HintModule | null;
}

export interface StepResult {
  /** Mean NLL of query i given document j, [i · documents + j]. */
  readonly meanNll: Float64Array;
  readonly loss: RankingLoss;
  readonly gradient: AdapterGradient;
}

interface SequencePass {
  readonly meanNll: number;
  readonly hintInput: HintInput | null;
  /** d(mean NLL)/d(hint rows, or soft prompt rows). */
  readonly rows: Float32Array;
}

/** Loss and gradient of the golden batch: every query with every document, each sequence run once. */
export async function goldenStep(context: StepContext, adapter: TrainedAdapter, margin: number): Promise<StepResult> {
  const { queries, docs } = qpeftCases;
  const passes: SequencePass[] = [];
  for (const query of queries)
    for (const document of docs) passes.push(await runSequence(context, adapter, query, document));
  const meanNll = Float64Array.from(passes, (pass) => pass.meanNll);
  // Document i is the positive of query i; all others are its negatives.
  const groups = queries.map((_, row) => ({
    positive: row * docs.length + row,
    negatives: docs.flatMap((__, column) => (column === row ? [] : [row * docs.length + column])),
  }));
  const loss = pairwiseLoss({ meanNll, groups }, { margin, pairwiseWeight: 1, pointwiseWeight: 1 });
  const gradient = emptyGradient();
  for (const [index, pass] of passes.entries()) {
    const upstream = pass.rows.map((value) => value * (loss.gradient[index] ?? Number.NaN));
    if (context.hints === null || pass.hintInput === null) addDense(gradient, 'soft_prompt', upstream);
    else await context.hints.backward(pass.hintInput, adapter, upstream, gradient);
  }
  return { meanNll, loss, gradient };
}

/** With hints the document's prefix is cached and the suffix differentiated; with a soft prompt the whole sequence is. */
async function runSequence(
  { golden, languageModel, forward, hints }: StepContext,
  adapter: TrainedAdapter,
  query: readonly number[],
  document: readonly number[],
): Promise<SequencePass> {
  const template = goldenTemplate();
  const hintInput = hints === null ? null : planHints(golden, adapter, query, document);
  const made = hints === null || hintInput === null ? null : await hints.forward(hintInput, adapter);
  const softPrompt = made === null ? adapter.dense('soft_prompt') : null;
  const parts = { hints: made, hintLocation: 'suffix' as const, softPrompt };
  const targetIds = targetsOf(template, query);
  const prefix = layoutPrefix(template, document, parts);
  const suffix = layoutSuffix(template, targetIds, parts);
  const embed = (sequence: readonly SequencePart[]) => golden.embeddings.embed(sequence);
  const embeddings = embed(made === null ? [...prefix, ...suffix] : suffix);
  const past = made === null ? noKeyValues : await forward.keyValues(embed(prefix));
  const { width } = golden.embeddings;
  const first = embeddings.length / width - targetIds.length;
  const targetRows = targetIds.map((_, index) => first + index);
  const [run] = await languageModel.run([{ embeddings, past, targetRows, targetIds }]);
  if (run === undefined) throw new Error('one sequence has one result');
  const start = made === null ? template.start.length * width : 0;
  const length = (made ?? softPrompt ?? []).length;
  const rows = run.embeddings.slice(start, start + length).map((value) => value / targetIds.length);
  return { meanNll: -run.logProbabilities.reduce((sum, value) => sum + value, 0) / targetIds.length, hintInput, rows };
}

function planHints(
  golden: GoldenModel,
  adapter: TrainedAdapter,
  query: readonly number[],
  document: readonly number[],
): HintInput {
  const template = goldenTemplate();
  const tokens = { open: template.hintOpen, close: template.hintClose, query, document };
  const filters = { filters: 'd', specialIds, isStopWord: () => false, hasLetter: () => true };
  return adapter.start.config.method === 'attend'
    ? attendInput(tokens, filters, null)
    : blockInput(tokens, similarTokens(tokens, qpeftCases.k, adapter, golden.embeddings, filters));
}
