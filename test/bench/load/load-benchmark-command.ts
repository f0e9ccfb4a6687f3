import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { renderLoadBenchmark } from '#test/bench/load/render-load-benchmark.ts';
import { runLoadBenchmark } from '#test/bench/load/run-load-benchmark.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

export const loadBenchmarkHelp = `npm run bench -- load [FLAGS]: a real worker process under full load: event-loop lag, memory, a small request behind a large one, throughput

  --seconds N       seconds of full load (60)
  --large N         documents of the large request (1000)
  --repetitions N   large requests with a small one behind, of which the median counts (3)
  --requests N      requests of each caller at 1, 8 and 32 concurrent ones (5)
  --threads N       threads of the worker (the machine's cores)
  --prefix-mb N     MiB of kept prefixes (1024)
  --model PATH      GGUF file or folder; without it the default model
  --output FOLDER   JSON, Markdown and plot
  --json            JSON on standard output instead of Markdown
`;

/** Documents of a request where throughput is measured. */
const documentsPerRequest = 16;

/** Full load: enough that the queue is never empty, and less than it takes. */
const callers = 32;
const documentsMax = 50;

/** Runs the benchmark with these flags and returns its report. */
export async function loadBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      large: { type: 'string', default: '1000' },
      repetitions: { type: 'string', default: '3' },
      requests: { type: 'string', default: '5' },
      threads: { type: 'string', default: String(availableParallelism()) },
      'prefix-mb': { type: 'string', default: '1024' },
      model: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const result = await runLoadBenchmark({
    modelPath: await resolveModelPath(values.model),
    cacheFolder: join(benchmarkStateFolder, 'cache'),
    threads: positiveInteger('threads', values.threads),
    prefixCacheBytes: positiveInteger('prefix-mb', values['prefix-mb']) * 2 ** 20,
    concurrencies: [1, 8, 32],
    documentsPerRequest,
    requestsPerCaller: positiveInteger('requests', values.requests),
    seconds: positiveInteger('seconds', values.seconds),
    callers,
    documentsMax,
    sampleSeconds: 1,
    largeDocuments: positiveInteger('large', values.large),
    repetitions: positiveInteger('repetitions', values.repetitions),
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  return writeBenchmarkReport(renderLoadBenchmark(result, machine), values);
}
