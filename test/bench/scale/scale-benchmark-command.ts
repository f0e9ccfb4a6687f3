import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { limits } from '#shared/limits.ts';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import { renderScaleBenchmark } from '#test/bench/scale/render-scale-benchmark.ts';
import { runScaleBenchmark } from '#test/bench/scale/run-scale-benchmark.ts';

export const scaleBenchmarkHelp = `npm run bench -- scale [FLAGS]: how time grows with documents, their length, and adapters; cold and warm, with the straight line through each

  --documents A,B   documents of a request (10,30,100,300,1000)
  --lengths A,B     tokens of a document (50,100,200,500,1000,2000,4000)
  --chunk-tokens N  tokens of a chunk, for the same lengths in chunks (512)
  --adapters A,B    adapters beside each other (1,2,4,8,16,32,64)
  --repetitions N   of which the median counts; 3 at most from 300 documents on (5)
  --threads N       threads of the engine (the machine's cores)
  --prefix-mb N     MiB of kept prefixes: 1000 documents take 3.6 GB in int8 (5120)
  --model PATH      GGUF file or folder; without it the default model
  --output FOLDER   JSON, Markdown and plots
  --json            JSON on standard output instead of Markdown
`;

/** As many as the most adapters, so that each has one. */
const adapterDocuments = 64;

/** Runs the benchmark with these flags and returns its report. */
export async function scaleBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      documents: { type: 'string', default: '10,30,100,300,1000' },
      lengths: { type: 'string', default: '50,100,200,500,1000,2000,4000' },
      'chunk-tokens': { type: 'string', default: String(limits.chunkTokensDefault) },
      adapters: { type: 'string', default: '1,2,4,8,16,32,64' },
      repetitions: { type: 'string', default: '5' },
      threads: { type: 'string', default: String(availableParallelism()) },
      'prefix-mb': { type: 'string', default: '5120' },
      model: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const sizes = (flag: 'documents' | 'lengths' | 'adapters') =>
    values[flag].split(',').map((size) => positiveInteger(flag, size));
  const machine = describeMachine();
  const result = await runScaleBenchmark({
    engine: {
      modelPath: await resolveModelPath(values.model),
      cacheFolder: join(benchmarkStateFolder, 'cache'),
      precision: 'int8',
      threads: positiveInteger('threads', values.threads),
      prefixCacheBytes: positiveInteger('prefix-mb', values['prefix-mb']) * 2 ** 20,
    },
    documents: sizes('documents'),
    lengths: sizes('lengths'),
    chunkTokens: positiveInteger('chunk-tokens', values['chunk-tokens']),
    adapters: sizes('adapters'),
    adapterDocuments,
    repetitions: positiveInteger('repetitions', values.repetitions),
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  return writeBenchmarkReport(renderScaleBenchmark(result, machine), values);
}
