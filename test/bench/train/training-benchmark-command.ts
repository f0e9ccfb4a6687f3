import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { fetchPyTorch } from '#test/bench/train/fetch-pytorch.ts';
import { renderTrainingBenchmark, shapeTrainingBenchmark } from '#test/bench/train/render-training-benchmark.ts';
import { runTrainingBenchmark } from '#test/bench/train/run-training-benchmark.ts';
import type { TrainedMethod } from '#test/bench/train/training-side.ts';

export const trainingBenchmarkHelp = `npm run bench -- train [FLAGS]: training steps of the default preset, fp32, split into their parts; tokens per second, peak memory

  --model PATH        GGUF file or Hugging Face folder; without it the default model
  --methods A,B       of retrieve and attend (both)
  --steps N           measured steps of each side, of which the median counts (8)
  --threads N         threads of each side (the machine's cores)
  --pytorch           beside the same step in PyTorch, which is fetched into .hintrank/bench (5.6 GB on Linux x64, once)
  --python PATH       with --pytorch: an interpreter that has torch, transformers and gguf; nothing is fetched
  --json              JSON instead of Markdown
`;

/** Runs the benchmark with these flags and returns its report. */
export async function trainingBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string' },
      methods: { type: 'string', default: 'retrieve,attend' },
      steps: { type: 'string', default: '8' },
      threads: { type: 'string', default: String(availableParallelism()) },
      pytorch: { type: 'boolean', default: false },
      python: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.python !== undefined && !values.pytorch) throw new Error('--python belongs to --pytorch.');
  const methods = values.methods.split(',').map(methodOf);
  const [threads, rounds] = [positiveInteger('threads', values.threads), positiveInteger('steps', values.steps)];
  const { resolveModelPath } = await import('#gpu-worker/model-store/resolve-model-path.ts');
  const onProgress = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const peerFolder = join(benchmarkStateFolder, 'bench');
  const modelPath = await resolveModelPath(values.model);
  const python = values.pytorch ? (values.python ?? (await fetchPyTorch(peerFolder, onProgress))) : null;
  const machine = describeMachine();
  const result = await runTrainingBenchmark({
    modelPath,
    cacheFolder: join(peerFolder, 'training'),
    threads,
    methods,
    rounds,
    python,
    onProgress,
  });
  return values.json
    ? `${JSON.stringify(shapeTrainingBenchmark(result, machine), null, 2)}\n`
    : renderTrainingBenchmark(result, machine);
}

function methodOf(text: string): TrainedMethod {
  if (text === 'retrieve' || text === 'attend') return text;
  throw new Error(`--methods takes retrieve and attend, not "${text}".`);
}
