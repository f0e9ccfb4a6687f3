import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import { layoutPrefix, layoutSuffix, noAdapterParts } from '#gpu-worker/q-peft/layout-pair.ts';
import { resolveTemplate } from '#gpu-worker/q-peft/template-registry.ts';
import { HintMaker, HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import { TokenDescriptions } from '#gpu-worker/scoring/token-descriptions.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { expectClose, expectCloseIfStored, tolerances } from '#test/golden/compare-tensors.ts';
import { goldenFolder, readGoldenJson } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { readGoldenTensors } from '#test/golden/read-golden-tensors.ts';
import { createTestScorer, type TestScorer } from '#test/support/create-test-scorer.ts';

interface GoldenRun {
  readonly document_text: string;
  readonly prefix_ids: readonly number[];
  readonly document_ids: readonly number[];
  readonly cue_ids: readonly number[];
  readonly target_ids: readonly number[];
  readonly logprobs: readonly number[];
  readonly mean_nll: number;
  readonly selected_ids?: readonly number[];
  readonly top_cosines?: readonly (readonly [number, number])[];
}
interface GoldenPairs {
  readonly pairs: readonly { readonly query: string; readonly runs: Readonly<Record<string, GoldenRun>> }[];
}

const { pairs } = readGoldenJson<GoldenPairs>('smollm2/pairs.json');
const tensors = readGoldenTensors('smollm2/tensors.safetensors');
const templateOf = { upr: 'upr-1', R: 'clean-1', A: 'clean-1' } as const;
/** The reference checks R's selection as a set: tokens this close to the k-th best may be in or out. */
const cosineTie = 2e-6;

/** Stored tensors that a test has compared; all must be in the end. */
let compared = 0;
let golden: GoldenModel;
let sessions: HintSessions;
let scorer: TestScorer;

beforeAll(async () => {
  golden = await prepareGoldenModel(await fetchDefaultModel({}), 'fp32', convertedWeightsFolder);
  sessions = new HintSessions(golden.model.config.hiddenSize);
  scorer = createTestScorer(golden, golden.model.config.contextLength);
});
afterAll(async () => {
  expect(compared, 'stored tensors that were compared').toBe(tensors.size);
  await sessions.close();
  await golden.close();
});

function tokenizerOf() {
  const { tokenizer } = golden.model;
  if (tokenizer === null) throw new Error('the default model has a tokenizer');
  return tokenizer;
}

async function makerOf(kind: string): Promise<HintMaker> {
  const bytes = new Uint8Array(readFileSync(join(goldenFolder, `smollm2/adapter_${kind}.safetensors`)));
  const adapter = parseAdapterFile(bytes);
  const runner = await sessions.runnerFor(adapter);
  if (runner === null) throw new Error(`adapter ${kind} has hints`);
  return new HintMaker(adapter, golden.embeddings, runner, new TokenDescriptions(tokenizerOf()));
}

describe.each(['upr', 'R', 'A'] as const)('the real model in fp32, %s', (kind) => {
  it.each(pairs.map((pair, index) => [index, pair] as const))('pair %i', async (index, pair) => {
    const run = pair.runs[kind];
    if (run === undefined) throw new Error(`pair ${index} has no run ${kind}`);
    const tokenizer = tokenizerOf();
    const template = resolveTemplate(templateOf[kind], tokenizer);
    const queryIds = tokenizer.encode(template.textPrefix + pair.query);
    const documentIds = tokenizer.encode(template.textPrefix + run.document_text).slice(0, run.document_ids.length);
    expect(documentIds, 'document tokens').toEqual(run.document_ids);
    const parts = { ...noAdapterParts, hints: await hintsOf(kind, index, run, queryIds) };
    const prefix = layoutPrefix(template, documentIds, parts);
    expect(
      prefix.flatMap((part) => ('ids' in part ? part.ids : [])),
      'prefix',
    ).toEqual(run.prefix_ids);
    expect(queryIds, 'query tokens').toEqual(run.target_ids.slice(0, -1));

    const suffix = golden.embeddings.embed(layoutSuffix(template, run.target_ids, parts));
    const first = suffix.length / golden.embeddings.width - run.target_ids.length;
    const outputs = await golden.runner.outputs(
      [
        {
          embeddings: suffix,
          past: await golden.runner.keyValues(golden.embeddings.embed(prefix)),
          targetRows: run.target_ids.map((_, target) => first + target),
          targetIds: run.target_ids,
        },
      ],
      ['log_probabilities', 'logits'],
    );
    const values = outputs['log_probabilities'] ?? new Float32Array(0);
    expectClose('log-probabilities', values, run.logprobs, tolerances.realLogProbability);
    const mean = values.subarray(0, queryIds.length).reduce((sum, value) => sum + value, 0) / queryIds.length;
    expectClose('mean', [mean], [-run.mean_nll], tolerances.realMean);
    if (kind === 'upr') {
      const name = `logits_first_target.${index}`;
      const row = (outputs['logits'] ?? new Float32Array(0)).subarray(0, golden.model.config.vocabularySize);
      compared += Number(expectCloseIfStored(tensors, name, row, tolerances.realLogProbability));
    }
  });
});

/** The golden hint block: for R of the given tokens in the given order, after checking the selection as a set. */
async function hintsOf(kind: string, index: number, run: GoldenRun, queryIds: readonly number[]) {
  if (kind === 'upr') return null;
  const template = resolveTemplate('clean-1', tokenizerOf());
  const maker = await makerOf(kind);
  let hints: Float32Array;
  if (kind === 'R') {
    expectSelection(maker.select(queryIds, run.document_ids), run);
    hints = await maker.blockOf([...template.hintOpen, ...(run.selected_ids ?? []), ...template.hintClose]);
  } else {
    const tokens = { open: template.hintOpen, close: template.hintClose, query: queryIds, document: run.document_ids };
    hints = (await maker.make(tokens)).rows;
  }
  compared += Number(expectCloseIfStored(tensors, `hints.${kind}.${index}`, hints, tolerances.hints));
  return hints;
}

function expectSelection(selected: readonly number[], run: GoldenRun): void {
  const cosines = new Map(run.top_cosines);
  const tenth = Math.min(...(run.selected_ids ?? []).map((id) => cosines.get(id) ?? 1));
  const clear = (run.selected_ids ?? []).filter((id) => (cosines.get(id) ?? 0) > tenth + cosineTie);
  expect(selected, 'tokens clearly among the best').toEqual(expect.arrayContaining(clear));
  expect(new Set(selected).size).toBe(run.selected_ids?.length);
  for (const id of selected) expect(cosines.get(id), `cosine of token ${id}`).toBeGreaterThanOrEqual(tenth - cosineTie);
}

describe('text through the scorer', () => {
  it('scores a pair from text as from the golden token ids', async () => {
    const pair = pairs[0];
    const run = pair?.runs['upr'];
    if (pair === undefined || run === undefined) throw new Error('the golden folder has pairs');
    const tokenizer = tokenizerOf();
    const template = resolveTemplate('upr-1', tokenizer);
    const [score] = await scorer.score({
      template,
      documentIds: tokenizer.encode(` ${run.document_text}`),
      maxDocumentTokens: run.document_ids.length,
      queries: [tokenizer.encode(` ${pair.query}`)],
      adapter: null,
    });
    expectClose('mean', [score?.meanLogLikelihood ?? 0], [-run.mean_nll], tolerances.realMean);
  });
});
