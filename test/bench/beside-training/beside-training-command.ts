import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { renderBesideTraining } from '#test/bench/beside-training/render-beside-training.ts';
import { runBesideTraining } from '#test/bench/beside-training/run-beside-training.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

export const besideTrainingHelp = `npm run bench -- beside-training [FLAGS]: latency and throughput of a worker that also trains, at several shares, and what its training really took. Linux only

  --shares A,B      shares of all cores' time that the training may take (0.1,0.25,0.5)
  --seconds N       seconds of each phase (30)
  --rounds N        rounds of phases without and with the training (2)
  --documents N     documents of a request (4)
  --callers N       callers of the full load (4)
  --threads N       scoring threads of the worker (the machine's cores)
  --model PATH      GGUF file or folder; without it the default model
  --output FOLDER   JSON, Markdown and plot
  --json            JSON on standard output instead of Markdown
`;

/** The training's preset. */
const maxTokensPerDoc = 160;

/** Runs the benchmark with these flags and returns its report. */
export async function besideTrainingCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      shares: { type: 'string', default: '0.1,0.25,0.5' },
      seconds: { type: 'string', default: '30' },
      rounds: { type: 'string', default: '2' },
      documents: { type: 'string', default: '4' },
      callers: { type: 'string', default: '4' },
      threads: { type: 'string', default: String(availableParallelism()) },
      model: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const result = await runBesideTraining({
    modelPath: await resolveModelPath(values.model),
    cacheFolder: join(benchmarkStateFolder, 'cache'),
    threads: positiveInteger('threads', values.threads),
    shares: values.shares.split(',').map(parseShare),
    documentsPerRequest: positiveInteger('documents', values.documents),
    callers: positiveInteger('callers', values.callers),
    seconds: positiveInteger('seconds', values.seconds),
    rounds: positiveInteger('rounds', values.rounds),
    maxTokensPerDoc,
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  return writeBenchmarkReport(renderBesideTraining(result, machine), values);
}

function parseShare(text: string): number {
  const share = Number(text);
  if (share >= 0.01 && share <= 1) return share;
  throw new Error(`--shares has "${text}"; a share is from 0.01 to 1.`);
}
