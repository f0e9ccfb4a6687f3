import { line } from '@observablehq/plot';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';
import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import type { SoakResult } from '#test/bench/soak/run-soak.ts';

const mebibyte = 2 ** 20;

/** What happened, and whether all of it was as it should be. */
export function renderSoak(result: SoakResult, machine: MachineDescription): BenchmarkReport {
  const { slope, faults } = result;
  const markdown = [
    describeMachineLine(machine),
    `Seed ${result.seed}, ${result.seconds.toFixed(0)} s, ${result.requests} requests, ${result.documents} documents scored.`,
    '',
    markdownTable(
      ['', ''],
      [
        ...Object.entries(result.outcomes).map(([outcome, count]) => [`requests: ${outcome}`, String(count)]),
        ['scores asked for again, alone', String(result.compared)],
        ['prefixes thrown out', String(result.prefixEvictions)],
        ['adapters loaded, thrown out', `${result.adapterLoads}, ${result.adapterEvictions}`],
        [
          'resident memory',
          slope === null
            ? 'too short to say'
            : `${slope.lastMebibytes.toFixed(0)} MiB, ${slope.mebibytesPerMinute.toFixed(2)} MiB/min (${(100 * slope.growthShare).toFixed(1)} % over two thirds of the time)`,
        ],
      ],
    ),
    '',
    faults.length === 0
      ? 'Nothing was lost, doubled or changed, and everything stayed within its bounds.'
      : `FAULTS:\n${faults.map((fault) => `* ${fault}`).join('\n')}`,
    '',
  ].join('\n');
  return { name: 'soak', json: { machine, ...result }, markdown, plots: [{ name: 'soak-memory', svg: plot(result) }] };
}

function plot({ memory }: SoakResult): string {
  const points = memory.map(({ seconds, residentBytes }) => ({ seconds, mebibytes: residentBytes / mebibyte }));
  return drawSvgFile({
    width: 720,
    height: 260,
    ariaLabel: 'Resident memory during the soak',
    x: { label: 'seconds' },
    y: { label: 'MiB resident', grid: true, zero: true },
    marks: [line(points, { x: 'seconds', y: 'mebibytes' })],
  });
}
