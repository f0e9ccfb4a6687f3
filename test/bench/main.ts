import { besideTrainingCommand, besideTrainingHelp } from '#test/bench/beside-training/beside-training-command.ts';
import { edgeBenchmarkCommand, edgeBenchmarkHelp } from '#test/bench/edge/edge-benchmark-command.ts';
import { loadBenchmarkCommand, loadBenchmarkHelp } from '#test/bench/load/load-benchmark-command.ts';
import { memoryBenchmarkCommand, memoryBenchmarkHelp } from '#test/bench/memory/memory-benchmark-command.ts';
import {
  operationsBenchmarkCommand,
  operationsBenchmarkHelp,
} from '#test/bench/operations/operations-benchmark-command.ts';
import { planBenchmarkCommand, planBenchmarkHelp } from '#test/bench/plan/plan-benchmark-command.ts';
import { regionsBenchmarkCommand, regionsBenchmarkHelp } from '#test/bench/regions/regions-benchmark-command.ts';
import { scaleBenchmarkCommand, scaleBenchmarkHelp } from '#test/bench/scale/scale-benchmark-command.ts';
import { scoreBenchmarkCommand, scoreBenchmarkHelp } from '#test/bench/score/score-benchmark-command.ts';
import { soakBenchmarkCommand, soakBenchmarkHelp } from '#test/bench/soak/soak-benchmark-command.ts';
import { trainingBenchmarkCommand, trainingBenchmarkHelp } from '#test/bench/train/training-benchmark-command.ts';

interface Benchmark {
  readonly help: string;
  /** Runs with the flags behind the name and returns the report. */
  readonly run: (args: readonly string[]) => Promise<string>;
}

const benchmarks: ReadonlyMap<string, Benchmark> = new Map([
  ['score', { help: scoreBenchmarkHelp, run: scoreBenchmarkCommand }],
  ['load', { help: loadBenchmarkHelp, run: loadBenchmarkCommand }],
  ['scale', { help: scaleBenchmarkHelp, run: scaleBenchmarkCommand }],
  ['soak', { help: soakBenchmarkHelp, run: soakBenchmarkCommand }],
  ['memory', { help: memoryBenchmarkHelp, run: memoryBenchmarkCommand }],
  ['regions', { help: regionsBenchmarkHelp, run: regionsBenchmarkCommand }],
  ['edge', { help: edgeBenchmarkHelp, run: edgeBenchmarkCommand }],
  ['beside-training', { help: besideTrainingHelp, run: besideTrainingCommand }],
  ['operations', { help: operationsBenchmarkHelp, run: operationsBenchmarkCommand }],
  ['plan', { help: planBenchmarkHelp, run: planBenchmarkCommand }],
  ['train', { help: trainingBenchmarkHelp, run: trainingBenchmarkCommand }],
]);

async function main([name = '', ...args]: readonly string[]): Promise<void> {
  const benchmark = benchmarks.get(name);
  if (benchmark !== undefined && !args.includes('--help')) {
    process.stdout.write(await benchmark.run(args));
    return;
  }
  const asked = name === '--help' || benchmark !== undefined;
  if (!asked) {
    const names = [...benchmarks.keys()].join(', ');
    process.stderr.write(`bench: name one of ${names}, not "${name}".\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(benchmark?.help ?? [...benchmarks.values()].map(({ help }) => help).join('\n'));
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
