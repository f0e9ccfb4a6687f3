import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import { renderScoreBenchmark } from '#test/bench/score/render-score-benchmark.ts';
import { runScoreBenchmark } from '#test/bench/score/run-score-benchmark.ts';

export const scoreBenchmarkHelp = `npm run bench -- score [FLAGS]: documents per second of hintrank (fp32, int8; cold, warm, with adapters) and, cold, of plain ONNX and llama.cpp on the same GGUF

  --model PATH      GGUF file, then without adapters; without it the default model
  --documents N     documents a round (100)
  --rounds N        rounds, of which the median counts (5)
  --threads N       threads of each side (the machine's cores)
  --no-peer         hintrank alone; nothing is fetched
  --output FOLDER   JSON, Markdown and plot
  --json            JSON on standard output instead of Markdown

node-llama-cpp is no dependency: it is fetched into .hintrank/bench when it is first needed.
`;

/** Runs the benchmark with these flags and returns its report. */
export async function scoreBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string' },
      documents: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '5' },
      threads: { type: 'string', default: String(availableParallelism()) },
      'no-peer': { type: 'boolean', default: false },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { resolveModelPath } = await import('#gpu-worker/model-store/resolve-model-path.ts');
  const machine = describeMachine();
  const result = await runScoreBenchmark({
    modelPath: await resolveModelPath(values.model),
    cacheFolder: join(benchmarkStateFolder, 'cache'),
    peerFolder: join(benchmarkStateFolder, 'bench'),
    threads: positiveInteger('threads', values.threads),
    documents: positiveInteger('documents', values.documents),
    rounds: positiveInteger('rounds', values.rounds),
    withPeer: !values['no-peer'],
    withAdapters: values.model === undefined,
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  return writeBenchmarkReport(renderScoreBenchmark(result, machine), values);
}
