import { parseArgs } from 'node:util';
import { positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { checkRegions } from '#test/bench/regions/check-regions.ts';
import { policies } from '#test/bench/regions/policies.ts';
import { renderRegionsBenchmark } from '#test/bench/regions/render-regions-benchmark.ts';
import { runRegionsBenchmark } from '#test/bench/regions/run-regions-benchmark.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

export const regionsBenchmarkHelp = `npm run bench -- regions [FLAGS]: three continents on one machine: latencies while a region is rushed, slow or lost, beside naive layouts of workers; as root, on Linux

  --seconds N         seconds of each scenario (60)
  --warm-up N         seconds before each that do not count (8)
  --rate N            requests a second in each continent, of open-loop callers (2.4)
  --documents N       documents of a request (40)
  --workers N         workers a continent (2)
  --threads N         threads of a worker (2)
  --document-ms N     milliseconds that a document takes a thread: 13.9 with a kept prefix on the CPU of docs/measurements.md (13.9)
  --policies A,B      ${policies.map(({ name }) => name).join(', ')} (all)
  --seed N            of the callers' arrivals (1)
  --output FOLDER     JSON, Markdown and a plot
  --json              JSON on standard output instead of Markdown

Status 1 where a request fails, or the p99 of a continent to which nothing happens grows by more than 10 %, where the edge knows the regions.
`;

/** Runs the benchmark with these flags and returns its report. */
export async function regionsBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      'warm-up': { type: 'string', default: '8' },
      rate: { type: 'string', default: '2.4' },
      documents: { type: 'string', default: '40' },
      workers: { type: 'string', default: '2' },
      threads: { type: 'string', default: '2' },
      'document-ms': { type: 'string', default: '13.9' },
      policies: { type: 'string', default: policies.map(({ name }) => name).join(',') },
      seed: { type: 'string', default: '1' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const stopped = new AbortController();
  const stop = () => stopped.abort(new Error('stopped; everything is cleaned up.'));
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  const result = await runRegionsBenchmark({
    seed: positiveInteger('seed', values.seed),
    seconds: positiveInteger('seconds', values.seconds),
    warmUpSeconds: positiveInteger('warm-up', values['warm-up']),
    rate: positiveNumber('rate', values.rate),
    documents: positiveInteger('documents', values.documents),
    workersPerRegion: positiveInteger('workers', values.workers),
    threads: positiveInteger('threads', values.threads),
    documentMs: positiveNumber('document-ms', values['document-ms']),
    policies: policyNames(values.policies),
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
    signal: stopped.signal,
  }).finally(() => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, stop);
  });
  if (!checkRegions(result.rows).every(({ holds }) => holds)) process.exitCode = 1;
  return writeBenchmarkReport(renderRegionsBenchmark(result, machine), values);
}

function positiveNumber(flag: string, text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`--${flag} must be a number above 0, with three decimals at most, not "${text}".`);
}

function policyNames(text: string): string[] {
  const names = text.split(',');
  const known = policies.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`--policies: "${unknown}" is none of ${known.join(', ')}.`);
}
