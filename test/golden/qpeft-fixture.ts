import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenTemplate } from '#gpu-worker/q-peft/template.ts';
import { HintMaker, type HintSessions } from '#gpu-worker/scoring/hint-maker.ts';
import type { ScoringAdapter } from '#gpu-worker/scoring/pair-scorer.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { goldenFolder, readGoldenJson } from '#test/golden/golden-folder.ts';
import type { GoldenModel } from '#test/golden/prepare-golden-model.ts';

export interface GoldenSelection {
  readonly ids: readonly number[] | null;
  readonly sample_from?: readonly number[];
}

export interface GoldenPair {
  readonly filter: string;
  readonly query: number;
  readonly doc: number;
  readonly selected?: GoldenSelection;
  readonly min_score_gap?: number;
  readonly target_ids: readonly number[];
  readonly logprobs: readonly number[];
  readonly mean_nll: number;
}

interface GoldenTemplate {
  readonly bos: number;
  readonly eos: number;
  readonly special_ids: readonly number[];
  readonly instruction: readonly number[];
  readonly passage_open: readonly number[];
  readonly doc_close: readonly number[];
  readonly hint_open: readonly number[];
  readonly hint_close: readonly number[];
  readonly cue: readonly number[];
}

interface GoldenLoss {
  readonly pairwise: number;
  readonly pointwise: number;
  readonly total: number;
  readonly nll: readonly (readonly number[])[];
}

interface GoldenCases {
  readonly template: GoldenTemplate;
  readonly k: number;
  readonly heads: number;
  readonly queries: readonly (readonly number[])[];
  readonly docs: readonly (readonly number[])[];
  readonly adapters: Readonly<
    Record<
      string,
      {
        readonly pairs: readonly GoldenPair[];
        readonly target_bos: readonly (readonly number[])[];
        readonly location_prefix?: readonly (readonly number[])[];
        readonly 'loss_margin_0.0': GoldenLoss;
        readonly 'loss_margin_0.5': GoldenLoss;
        readonly adamw_masked_losses: readonly number[];
        readonly touched_rows?: readonly number[];
      }
    >
  >;
  readonly selection_edge_cases: readonly {
    readonly name: string;
    readonly query: readonly number[];
    readonly doc: readonly number[];
    readonly filter: string;
    readonly selected: GoldenSelection;
  }[];
}

export const qpeftCases = readGoldenJson<GoldenCases>('qpeft/cases.json');

export const specialIds: ReadonlySet<number> = new Set(qpeftCases.template.special_ids);

/** The golden template in our form; the end token is a target, the beginning one in front of the query where it is asked for. */
export function goldenTemplate(targetBos = false): TokenTemplate {
  const { template } = qpeftCases;
  return {
    start: [template.bos],
    instruction: template.instruction,
    passageOpen: template.passage_open,
    documentClose: template.doc_close,
    hintOpen: template.hint_open,
    hintClose: template.hint_close,
    cue: template.cue,
    targetStart: targetBos ? [template.bos] : [],
    targetEnd: [template.eos],
    textPrefix: '',
    keep: 'start',
  };
}

/** Adapter R, A or S of the golden folder with one filter set: the files state their kind alone. */
export function goldenAdapter(kind: string, filters: string): AdapterFile {
  const bytes = new Uint8Array(readFileSync(join(goldenFolder, `qpeft/adapter_${kind}.safetensors`)));
  const adapter = parseAdapterFile(bytes);
  const { k, heads } = qpeftCases;
  return { ...adapter, config: { ...adapter.config, k, heads, filters, residual: false } };
}

/** Filters by token text (s, a) are not in the golden cases: the tiny model has no text. */
const noTexts = { specialIds, isStopWord: () => false, hasLetter: () => true };

export async function goldenHintMaker(
  golden: GoldenModel,
  sessions: HintSessions,
  adapter: AdapterFile,
): Promise<HintMaker | null> {
  const runner = await sessions.runnerFor(adapter);
  return runner === null ? null : new HintMaker(adapter, golden.embeddings, runner, noTexts);
}

export async function goldenScoringAdapter(
  golden: GoldenModel,
  sessions: HintSessions,
  adapter: AdapterFile,
  hintLocation: 'suffix' | 'prefix' = 'suffix',
): Promise<ScoringAdapter> {
  return {
    hintLocation,
    softPrompt: adapter.softPrompt?.values ?? null,
    hintRows: (queryTokens) => Math.max(queryTokens, qpeftCases.k),
    hints: await goldenHintMaker(golden, sessions, adapter),
  };
}
