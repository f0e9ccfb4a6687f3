import type { SessionTensor } from '#gpu-worker/engine/model-session.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { KeyValueType } from '#gpu-worker/language-model/open-graph.ts';
import type { RotaryTable } from '#gpu-worker/language-model/rotary-table.ts';
import { addKeyValues, type KeyValues, noKeyValues } from '#gpu-worker/scoring/key-values.ts';

/** One sequence of a run. */
export interface TargetRun {
  /** float32 [S, D]. */
  readonly embeddings: Float32Array;
  readonly past: KeyValues;
  /** Rows of this sequence that predict the targets. */
  readonly targetRows: readonly number[];
  readonly targetIds: readonly number[];
}

export interface SuffixShape {
  readonly slots: number;
  readonly keyValueType: KeyValueType;
}

export interface SuffixFeeds {
  readonly feeds: Readonly<Record<string, SessionTensor>>;
  /** First row of each sequence in the run. */
  readonly starts: readonly number[];
  /** Targets of the sequences, and of the run with those of left-over slots behind them. */
  readonly targets: { readonly own: number; readonly all: number };
}

/**
 * The inputs of a suffix graph (build-suffix-graph.ts) for at most `slots` sequences, which share no row, so that none depends on the others.
 * Slots that are left over get one row of zeros each, and a target of their own: a run of a single target row would go through another kernel
 * (matrix times vector), which rounds otherwise.
 */
export function suffixFeeds(
  runs: readonly TargetRun[],
  { slots, keyValueType }: SuffixShape,
  config: ModelConfig,
  rotary: RotaryTable,
): SuffixFeeds {
  if (runs.length > slots) throw new Error(`${runs.length} sequences for the ${slots} slots of a run`);
  const { hiddenSize, headSize } = config;
  const filled = Array.from({ length: slots }, (_, slot) => runs[slot] ?? emptyRun(hiddenSize));
  const lengths = filled.map(({ embeddings }) => embeddings.length / hiddenSize);
  const starts = startsOf(lengths);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const half = headSize / 2;
  const embeddings = new Float32Array(rows * hiddenSize);
  const cosine = new Float32Array(rows * half);
  const sine = new Float32Array(rows * half);
  for (const [slot, run] of filled.entries()) {
    const start = starts[slot] ?? 0;
    embeddings.set(run.embeddings, start * hiddenSize);
    const positions = rotary.slice(run.past.length, lengths[slot] ?? 0);
    cosine.set(positions.cosine, start * half);
    sine.set(positions.sine, start * half);
  }
  const targetRows = filled.flatMap((run, slot) => run.targetRows.map((row) => (starts[slot] ?? 0) + row));
  const targetIds = filled.flatMap((run) => run.targetIds);
  const feeds: Record<string, SessionTensor> = {
    embeddings: { type: 'float32', shape: [rows, hiddenSize], data: embeddings },
    rotary_cosine: { type: 'float32', shape: [1, rows, half], data: cosine },
    rotary_sine: { type: 'float32', shape: [1, rows, half], data: sine },
    target_rows: { type: 'int64', shape: [targetRows.length], data: BigInt64Array.from(targetRows, BigInt) },
    target_ids: { type: 'int64', shape: [targetIds.length, 1], data: BigInt64Array.from(targetIds, BigInt) },
  };
  if (slots > 1) feeds['lengths'] = { type: 'int64', shape: [slots], data: BigInt64Array.from(lengths, BigInt) };
  for (const [slot, { past }] of filled.entries()) addKeyValues(feeds, `past.${slot}`, past, keyValueType, config);
  const own = runs.reduce((sum, run) => sum + run.targetIds.length, 0);
  return { feeds, starts, targets: { own, all: targetIds.length } };
}

function emptyRun(hiddenSize: number): TargetRun {
  return { embeddings: new Float32Array(hiddenSize), past: noKeyValues, targetRows: [0], targetIds: [0] };
}

function startsOf(lengths: readonly number[]): number[] {
  let next = 0;
  return lengths.map((length) => {
    const start = next;
    next += length;
    return start;
  });
}
