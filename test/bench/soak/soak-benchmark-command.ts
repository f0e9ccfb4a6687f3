import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import type { MemorySlope } from '#test/bench/report/memory-slope.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import { renderSoak } from '#test/bench/soak/render-soak.ts';
import { runSoak } from '#test/bench/soak/run-soak.ts';

export const soakBenchmarkHelp = `npm run bench -- soak [FLAGS]: random sizes, adapters, departures and deadlines; status 1 when an answer is lost, doubled or another, or a bound is passed

  --minutes N       how long (10)
  --seed N          of the requests (1)
  --threads N       threads of the engine (the machine's cores)
  --model PATH      GGUF file or folder; without it the default model
  --output FOLDER   JSON, Markdown and plot
  --json            JSON on standard output instead of Markdown
`;

/** A longer soak that grows by more than this is at fault; a shorter one has hardly filled its caches. */
const judgedMinutes = 5;
const growthShareMax = 0.05;

/** Room for some 75 documents of 150 tokens. */
const prefixCacheBytes = 256 * 2 ** 20;

/** Runs the soak with these flags and returns its report. */
export async function soakBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(availableParallelism()) },
      model: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const minutes = positiveInteger('minutes', values.minutes);
  const modelPath = await resolveModelPath(values.model);
  const endAtMs = performance.now() + minutes * 60_000;
  const soaked = await runSoak({
    seed: positiveInteger('seed', values.seed),
    engine: {
      ...{ modelPath, cacheFolder: join(benchmarkStateFolder, 'cache'), precision: 'int8', prefixCacheBytes },
      ...{ threads: positiveInteger('threads', values.threads), queueLengthMax: 600 },
    },
    ...{ adapters: 12, adaptersLoaded: 8, callers: 24, documentsMax: 100, patienceMs: 10_000, sampleEvery: 8 },
    goesOn: () => performance.now() < endAtMs,
    pauseMs: 1_000,
    drainMs: 300_000,
    sampleMs: 1_000,
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  const faults = [...soaked.faults, ...(minutes < judgedMinutes ? [] : growthFaults(soaked.slope))];
  if (faults.length > 0) process.exitCode = 1;
  return writeBenchmarkReport(renderSoak({ ...soaked, faults }, machine), values);
}

function growthFaults(slope: MemorySlope | null): string[] {
  if (slope === null || slope.growthShare <= growthShareMax) return [];
  return [`memory grew by ${slope.mebibytesPerMinute.toFixed(1)} MiB a minute after the first third of the time`];
}
