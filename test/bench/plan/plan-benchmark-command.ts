import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderPlanBenchmark } from '#test/bench/plan/render-plan-benchmark.ts';
import { runPlanBenchmark } from '#test/bench/plan/run-plan-benchmark.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

export const planBenchmarkHelp = `npm run bench -- plan [FLAGS]: what hintrank plan predicts beside what a real worker process does, at three loads, open loop; some four minutes

  --seconds N         of each load (60)
  --loads N,N,N       per cent of the capacity (30,55,75)
  --hit-rate N        per cent of documents that are kept (85)
  --rounds N          of the calibration's single calls (10)
  --calibration N     seconds of its full load (20)
  --threads N         threads of the worker (the machine's cores)
  --model PATH        GGUF file or folder; without it the default model
  --output FOLDER     JSON, Markdown, and the hardware profile
  --json              JSON on standard output instead of Markdown
`;

/** Runs the benchmark with these flags and returns its report. */
export async function planBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      loads: { type: 'string', default: '30,55,75' },
      'hit-rate': { type: 'string', default: '85' },
      rounds: { type: 'string', default: '10' },
      calibration: { type: 'string', default: '20' },
      threads: { type: 'string', default: String(availableParallelism()) },
      model: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const result = await runPlanBenchmark({
    modelPath: await resolveModelPath(values.model),
    cacheFolder: join(benchmarkStateFolder, 'cache'),
    threads: positiveInteger('threads', values.threads),
    seconds: positiveInteger('seconds', values.seconds),
    loads: values.loads.split(',').map((load) => positiveInteger('loads', load) / 100),
    hitRate: positiveInteger('hit-rate', values['hit-rate']) / 100,
    keptDocuments: 120,
    rounds: positiveInteger('rounds', values.rounds),
    calibrationSeconds: positiveInteger('calibration', values.calibration),
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  const report = await writeBenchmarkReport(renderPlanBenchmark(result, machine), values);
  if (values.output !== undefined)
    await writeFile(join(values.output, 'hardware.json'), `${JSON.stringify(result.hardware, null, 2)}\n`);
  return report;
}
