import { meanOf } from '#cli/capacity-plan/simulation/workload.ts';
import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import type { PlannedLoad } from '#test/bench/plan/compare-plan.ts';
import type { PlanBenchmarkResult } from '#test/bench/plan/run-plan-benchmark.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

/** By how much a prediction may miss. */
const toleratedShare = 0.2;

const percentiles = ['p50Ms', 'p99Ms'] as const;

export function renderPlanBenchmark(result: PlanBenchmarkResult, machine: MachineDescription): BenchmarkReport {
  const { hardware, workload, documentsPerSecond, measuredPerSecond, loads } = result;
  const worst = Math.max(...loads.flatMap((load) => percentiles.map((part) => Math.abs(ratioOf(load, part) - 1))));
  const holds = worst <= toleratedShare;
  const markdown = [
    '# The plan beside the worker',
    '',
    describeMachineLine(machine),
    '',
    `One worker process, ${hardware.threads} threads, ${hardware.model.precision}; signed calls, open loop (Poisson), one new query each; ${workload.documentsPerRequest.join(', ')} documents of ${meanOf(workload.documentTokens).toFixed(0)} tokens on average, ${percent(workload.hitRate)} of them kept. The hardware profile was calibrated in the same run, with other texts. Capacity by the plan: ${documentsPerSecond.toFixed(1)} documents/s; measured after the loads, all documents at once: ${measuredPerSecond.toFixed(1)}.`,
    '',
    markdownTable(
      [
        'load',
        'requests (per s)',
        'p50 predicted, ms',
        'measured',
        'ratio',
        'p99 predicted, ms',
        'measured',
        'ratio',
        'long run: p50, p99',
      ],
      loads.map((load) => [
        percent(load.share),
        `${load.requests} (${load.requestsPerSecond.toFixed(1)})`,
        ...percentiles.flatMap((part) => [
          load.predicted[part].toFixed(0),
          load.measured[part].toFixed(0),
          ratioOf(load, part).toFixed(2),
        ]),
        percentiles.map((part) => load.longRun[part].toFixed(0)).join(', '),
      ]),
    ),
    '',
    `Farthest from 1 is a ratio by ${percent(worst)}; ${percent(toleratedShare)} are tolerated: ${holds ? 'holds' : 'does not hold'}.`,
    '',
  ].join('\n');
  return { name: 'plan-benchmark', json: { machine, ...result, worst, holds }, markdown, plots: [] };
}

/** Predicted over measured. */
function ratioOf({ predicted, measured }: PlannedLoad, part: (typeof percentiles)[number]): number {
  return predicted[part] / measured[part];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
