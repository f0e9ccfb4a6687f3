import type { MachineDescription } from '#test/bench/describe-machine.ts';
import type { EdgeBenchmarkResult } from '#test/bench/edge/run-edge-benchmark.ts';
import type { LoadSummary } from '#test/bench/edge/summarise-load.ts';

/** The result for people. */
export function renderEdgeBenchmark(result: EdgeBenchmarkResult, machine: MachineDescription): string {
  const rows = result.points.flatMap(({ connections, hello, hit, miss }) => [
    rowOf(String(connections), 'hello', hello),
    rowOf('', 'cache hit', hit),
    rowOf('', 'cache miss', miss),
  ]);
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}; load before ${machine.loadBefore}`,
    `In workerd by \`wrangler dev\` on loopback; load, workers and edge share the cores. ${result.documents} documents of ${result.documentCharacters} characters a request;`,
    `${result.seconds} s each. A miss is a new query over a real worker's HTTP service that computes nothing; beyond: median beyond the worker's own time.`,
    '',
    'connections  what          requests/s      p50      p99      max   beyond',
    ...rows,
    ...(result.disturbed === null ? [] : ['', ...disturbedLines(result.disturbed)]),
    '',
  ].join('\n');
}

function disturbedLines({
  callers,
  undisturbed,
  killed,
  hung,
}: NonNullable<EdgeBenchmarkResult['disturbed']>): string[] {
  const boundMs = 2 * undisturbed.p99Ms + undisturbed.p95Ms;
  const verdict = ({ failed, maxMs }: LoadSummary) =>
    `${failed} failed, the longest ${milliseconds(maxMs)} (bound ${milliseconds(boundMs)})`;
  return [
    `${callers} callers over three workers; bound: twice the undisturbed p99 plus the undisturbed p95, after which calls are hedged`,
    'callers      workers       requests/s      p50      p99      max',
    rowOf(String(callers), 'undisturbed', undisturbed),
    rowOf('', 'one killed', killed),
    rowOf('', 'one hung', hung),
    `killed: ${verdict(killed)}; hung: ${verdict(hung)}.`,
  ];
}

function rowOf(connections: string, what: string, summary: LoadSummary): string {
  const times = [summary.p50Ms, summary.p99Ms, summary.maxMs].map((time) => milliseconds(time).padStart(9));
  const beyond = summary.overheadP50Ms === null ? '' : milliseconds(summary.overheadP50Ms).padStart(9);
  return `${connections.padStart(11)}  ${what.padEnd(12)}  ${summary.requestsPerSecond.toFixed(0).padStart(10)}${times.join('')}${beyond}`;
}

function milliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
