import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { tracingVariables } from '#infra/local/tracing-variables.ts';

export interface StartOptions {
  /** Port of the API on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  readonly workers: number;
  readonly precision: 'auto' | 'int8' | 'fp32';
  /** Start a worker that trains, too. */
  readonly training: boolean;
  /** A GGUF file or a Hugging Face folder; absent: the default model. */
  readonly model: string | undefined;
  /** Folder of everything that is kept between starts. */
  readonly stateFolder: string;
  /** Settings of traces, for edge and workers; empty: nothing is traced. */
  readonly tracing: Readonly<Record<string, string>>;
  /** Which requests get a line in the edge's log: REQUEST_LOG of edge/environment.ts. */
  readonly requestLog: string;
  readonly once: boolean;
  readonly help: boolean;
}

export const startHelp = `Starts the whole of Hintrank on this machine, reranks a sample, and keeps serving.

  npm start -- [options]

  --once               exit with status 0 after the sample
  --port NUMBER        port of the API on 127.0.0.1 (default 8787; 0: any free one)
  --workers NUMBER     GPU worker processes that share the cores (default 1)
  --precision NAME     auto (default), int8 or fp32; auto: int8 where the processor has 8-bit dot products
  --no-training        no worker that trains: training jobs wait
  --model PATH         a GGUF file or a Hugging Face folder (default: SmolLM2-135M-Instruct, fetched once)
  --state FOLDER       where keys, database, objects and logs are kept (default: HINTRANK_HOME, or .hintrank here)
  --help               this text

With OTEL_EXPORTER_OTLP_ENDPOINT in the environment, requests are traced there from edge to thread. With REQUEST_LOG=all,
FOLDER/logs/edge.log has a line for each request (without: for faults only, because the simulator writes lines slowly).
While it runs, FOLDER/local.json holds {url, api_key, workers} for scripts. Ctrl-C stops everything.
`;

/** Beside the sources, so that the command line's models and converted weights are shared. */
const repositoryStateFolder = join(import.meta.dirname, '..', '..', '.hintrank');

const portMax = 65_535;
const workersMax = 64;

/** In the simulator a line costs milliseconds, and shows in its log at a level that costs as much again. */
const quietRequestLog = 'faults';

/** The command line of `npm start`. Throws LocalStackFault that names the option, its value and what is allowed. */
export function parseStartOptions(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = {},
): StartOptions {
  const { values } = readArgs(args);
  const precision = values.precision ?? 'auto';
  if (precision !== 'auto' && precision !== 'int8' && precision !== 'fp32') {
    throw new LocalStackFault(`--precision is "${precision}"; it can be auto, int8 or fp32.`);
  }
  return {
    port: readInteger('--port', values.port ?? '8787', 0, portMax),
    workers: readInteger('--workers', values.workers ?? '1', 1, workersMax),
    precision,
    training: !(values['no-training'] ?? false),
    model: values.model,
    stateFolder: values.state ?? (variables['HINTRANK_HOME'] || repositoryStateFolder),
    tracing: tracingVariables(variables),
    requestLog: variables['REQUEST_LOG'] || quietRequestLog,
    once: values.once ?? false,
    help: values.help ?? false,
  };
}

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        workers: { type: 'string' },
        precision: { type: 'string' },
        'no-training': { type: 'boolean' },
        model: { type: 'string' },
        state: { type: 'string' },
        once: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new LocalStackFault(`${error instanceof Error ? error.message : error}. See npm start -- --help.`);
  }
}

function readInteger(option: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
    throw new LocalStackFault(`${option} is "${text}"; it must be a whole number from ${minimum} to ${maximum}.`);
  }
  return value;
}
