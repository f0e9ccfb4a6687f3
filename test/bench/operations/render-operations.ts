import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import type { OperationsResult } from '#test/bench/operations/run-operations.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

/** The result for people and programs. */
export function renderOperations(result: OperationsResult, machine: MachineDescription): BenchmarkReport {
  const rows = result.phases.map(({ name, seconds, requests, failed, p50Ms, p99Ms, maxMs }) => [
    ...[name, seconds.toFixed(1), String(requests), String(failed)],
    ...[p50Ms, p99Ms, maxMs].map((time) => `${time.toFixed(0)} ms`),
  ]);
  const { callers, documents, workers, requests, failed, seconds, failures } = result;
  const markdown = [
    describeMachineLine(machine),
    `${callers} callers, each with one request of ${documents} documents under way at any time, over ${workers} worker processes and the edge in workerd; everything shares the cores. A request counts where it was sent.`,
    '',
    markdownTable(['meanwhile', 'seconds', 'requests', 'failed', 'p50', 'p99', 'max'], rows),
    '',
    `${failed} of ${requests} requests failed in ${seconds.toFixed(0)} s.`,
    ...failures.map((failure) => `* ${failure}`),
    '',
  ].join('\n');
  return { name: 'operations', json: { machine, ...result }, markdown, plots: [] };
}
