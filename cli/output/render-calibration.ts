import type { BlendFigures, CalibrationReport } from '#gpu-worker/calibration/calibrate-model.ts';

/** A report as JSON has it. */
export function shapeCalibrationReport({ calibration, fitted, heldOut }: CalibrationReport) {
  return { calibration, fitted: shapeFigures(fitted), held_out: shapeFigures(heldOut) };
}

function shapeFigures(figures: BlendFigures) {
  return {
    queries: figures.queries,
    pairs: figures.pairs,
    ndcg_at_10: {
      first_stage: figures.firstStageNdcg,
      likelihood: figures.likelihoodNdcg,
      blended: figures.blendedNdcg,
    },
    log_loss: figures.logLoss,
    expected_calibration_error: figures.expectedCalibrationError,
    bins: figures.bins.map(({ pairs, meanScore, relevantShare }) => ({
      pairs,
      mean_score: meanScore,
      relevant_share: relevantShare,
    })),
  };
}

/** A report as a table: a row for the pairs that were fitted, one for those that were held out. */
export function renderCalibrationReport({ fitted, heldOut }: CalibrationReport): string {
  const header = ['', 'queries', 'pairs', 'first stage', 'likelihood', 'blended', 'log loss', 'ECE'];
  const rows = [header, row('fitted', fitted), row('held out', heldOut)];
  const widths = header.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return `nDCG@10 of three rankings; log loss (nats) and expected calibration error of the blended scores\n${lines.join('\n')}\n`;
}

function row(name: string, figures: BlendFigures): string[] {
  const { firstStageNdcg, likelihoodNdcg, blendedNdcg, logLoss, expectedCalibrationError } = figures;
  const decimals = [firstStageNdcg, likelihoodNdcg, blendedNdcg, logLoss, expectedCalibrationError];
  return [name, String(figures.queries), String(figures.pairs), ...decimals.map((value) => value.toFixed(4))];
}
