import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { benchmarkStateFolder, positiveInteger } from '#test/bench/benchmark-flags.ts';
import { describeMachine } from '#test/bench/describe-machine.ts';
import { readLoadTexts } from '#test/bench/load/load-texts.ts';
import { renderOperations } from '#test/bench/operations/render-operations.ts';
import { runOperations } from '#test/bench/operations/run-operations.ts';
import { writeBenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

export const operationsBenchmarkHelp = `npm run bench -- operations [FLAGS]: the signing key rotated, the database migrated, workers rolled out and restarted under load; status 1 when a request fails

  --seconds N       of load at least (60)
  --callers N       requests under way at any time (20)
  --workers N       worker processes, of one thread each (2)
  --documents N     of a request (4)
  --model PATH      GGUF file or folder; without it the default model
  --output FOLDER   JSON and Markdown
  --json            JSON on standard output instead of Markdown
`;

/** Bytes of kept prefixes of each worker: room for all documents of the load. */
const prefixCacheBytes = 128 * 2 ** 20;

/** Runs the benchmark with these flags and returns its report. */
export async function operationsBenchmarkCommand(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' },
      callers: { type: 'string', default: '20' },
      workers: { type: 'string', default: '2' },
      documents: { type: 'string', default: '4' },
      model: { type: 'string' },
      output: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const machine = describeMachine();
  const texts = await readLoadTexts();
  const result = await runOperations({
    workerSettings: {
      GPU_WORKER_MODEL: await resolveModelPath(values.model),
      GPU_WORKER_CACHE_FOLDER: join(benchmarkStateFolder, 'cache'),
      GPU_WORKER_DEVICE: 'cpu',
      GPU_WORKER_THREADS: '1',
      GPU_WORKER_PREFIX_CACHE_BYTES: String(prefixCacheBytes),
    },
    workers: positiveInteger('workers', values.workers),
    callers: positiveInteger('callers', values.callers),
    seconds: positiveInteger('seconds', values.seconds),
    documents: texts.unseen(positiveInteger('documents', values.documents)),
    // A number makes it another query for the score cache.
    query: (index) => `${texts.query(index)} (${index})`,
    onProgress: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  if (result.failed > 0) process.exitCode = 1;
  return writeBenchmarkReport(renderOperations(result, machine), values);
}
