import type { CommandIo } from '#cli/command-line/command-io.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { buildCandidateSet, type CandidateSet } from '#cli/study/candidates/build-candidate-set.ts';
import type { StudyData } from '#cli/study/candidates/study-data.ts';
import { measureCells } from '#cli/study/cells/measure-cells.ts';
import { type CellPair, MeasuredCellFile } from '#cli/study/cells/measured-cell-file.ts';
import { type MeasurementInputs, type PlannedCell, planMeasurements } from '#cli/study/cells/plan-measurements.ts';
import type { StudyGrid, StudyRow, StudySizes } from '#cli/study/study.ts';
import type { MeasuredRow } from '#cli/study/study-results.ts';
import { measureRun } from '#gpu-worker/evaluation/measure-run.ts';
import { listMetrics } from '#gpu-worker/evaluation/metric.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';

export interface MeasureRowsOptions extends MeasurementInputs {
  readonly data: StudyData;
  readonly sizes: StudySizes;
  readonly folder: string;
  /** Opens an engine for what has to be scored; not called when everything is there. */
  readonly withEngine: (use: (engine: ScoringEngine) => Promise<void>) => Promise<void>;
  readonly io: CommandIo;
}

export interface MeasuredRows {
  readonly rows: readonly MeasuredRow[];
  /** Candidates of each row, by its id. */
  readonly sets: ReadonlyMap<string, CandidateSet>;
}

interface RowPlan {
  readonly row: StudyRow;
  readonly set: CandidateSet;
  readonly cells: readonly PlannedCell[];
}

/** Ranks at which rows are measured, up to the depth; 1 and 10 are in every report. */
const cutoffs = [1, 5, 10, 20, 50, 100];

/** Measures every row of the grid; what the folder holds is not scored again. */
export async function measureRows(grid: StudyGrid, options: MeasureRowsOptions): Promise<MeasuredRows> {
  const plans = await planRows(grid, options);
  const missing = missingCells(plans, options.folder);
  if (missing.size > 0) await options.withEngine((engine) => scoreMissing(engine, missing, options));
  const metrics = listMetrics(cutoffs.filter((cutoff) => cutoff <= Math.max(10, options.sizes.depth)));
  const rows = plans.map(({ row, set, cells }): MeasuredRow => {
    const runs = cells.length === 0 ? [set.run] : cells.map((cell) => rankedRun(set, cell, options.folder));
    const keptSteps = cells.flatMap(({ adapter }) => (adapter === null ? [] : [keptStepOf(adapter)]));
    return { row, runs: runs.map((run) => measureRun(run, options.data.judgements, metrics)), keptSteps };
  });
  return { rows, sets: new Map(plans.map(({ row, set }) => [row.id, set])) };
}

async function planRows(grid: StudyGrid, options: MeasureRowsOptions): Promise<RowPlan[]> {
  const sets = new Map<string, CandidateSet>();
  const plans: RowPlan[] = [];
  for (const row of grid.rows) {
    const key = JSON.stringify(row.candidates);
    const set = sets.get(key) ?? (await buildCandidateSet(options.data, row.candidates, options.sizes));
    sets.set(key, set);
    plans.push({ row, set, cells: planMeasurements(row, set, options) });
  }
  return plans;
}

/** By set of candidates; rows that are the same cell count once. */
function missingCells(plans: readonly RowPlan[], folder: string): Map<CandidateSet, PlannedCell[]> {
  const missing = new Map<CandidateSet, PlannedCell[]>();
  for (const { set, cells } of plans) {
    for (const cell of cells) {
      const others = missing.get(set) ?? [];
      if (others.some(({ digest }) => digest === cell.digest)) continue;
      if (new MeasuredCellFile(folder, cell.digest).read() === null) missing.set(set, [...others, cell]);
    }
  }
  return missing;
}

async function scoreMissing(
  engine: ScoringEngine,
  missing: ReadonlyMap<CandidateSet, readonly PlannedCell[]>,
  { folder, data, withTitle, io }: MeasureRowsOptions,
): Promise<void> {
  const bar = createProgressBar(io, 'scoring pairs', true);
  const total = [...missing].reduce((sum, [set, cells]) => sum + pairsOf(set) * cells.length, 0);
  let scored = 0;
  const onScored = (pairs: number): void => {
    scored += pairs;
    bar.update(scored, total);
  };
  try {
    for (const [set, cells] of missing) {
      for (const { adapter } of cells) if (adapter !== null) await engine.loadAdapter(adapter);
      await measureCells(engine, set, cells, { folder, queries: data.queries, withTitle, signal: io.signal, onScored });
    }
  } finally {
    bar.stop();
  }
}

function pairsOf({ run }: CandidateSet): number {
  return [...run.values()].reduce((sum, entries) => sum + entries.length, 0);
}

/** The ranking of a cell that is done; queries without candidates stay, as empty rankings. */
function rankedRun(set: CandidateSet, cell: PlannedCell, folder: string): TrecRun {
  const pairs: readonly CellPair[] | null = new MeasuredCellFile(folder, cell.digest).read();
  if (pairs === null) throw new Error(`the cell ${cell.digest} (${cell.description}) is gone again`);
  const entries = new Map<string, RunEntry[]>([...set.run.keys()].map((queryId) => [queryId, []]));
  for (const [queryId, documentId, score] of pairs) entries.get(queryId)?.push({ documentId, score });
  return new Map([...entries].map(([queryId, scored]) => [queryId, orderEntries(scored)]));
}

/** The step whose adapter was kept: 0 is the untrained one. */
function keptStepOf(file: Uint8Array): number {
  const keptStep = parseAdapterFile(file).config.training?.['keptStep'];
  if (typeof keptStep !== 'number') throw new Error('the adapter does not say at which step it was kept');
  return keptStep;
}
