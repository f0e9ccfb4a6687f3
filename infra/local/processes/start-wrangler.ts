import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { wranglerCommand, wranglerEnvironment } from '#cli/wrangler/wrangler-command.ts';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { type RunningProcess, startProcess } from '#infra/local/processes/start-process.ts';

export interface WranglerToStart {
  /** Wrangler's configuration file; secrets lie beside it in `.dev.vars`. */
  readonly configPath: string;
  readonly stateFolder: string;
  /** Folder of the simulators' data. */
  readonly dataFolder: string;
  /** Port on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  readonly logFile: string;
  /** Whether the log also gets the Worker's lines of level `info`; default: only its warnings and errors. It makes the simulator slower. */
  readonly showsInfo?: boolean;
  /** Further flags of `wrangler dev`. */
  readonly moreFlags?: readonly string[];
  /** JSON file with what requests say of where they come from (`request.cf`); absent: what the simulator thinks. */
  readonly placeFile?: string;
  /** Gives the start up, and ends the process. */
  readonly signal: AbortSignal;
}

export interface RunningWrangler extends RunningProcess {
  readonly url: string;
}

const guardPath = fileURLToPath(new URL('./guard.ts', import.meta.url));

const readyMessageSchema = z.object({ event: z.literal('DEV_SERVER_READY'), port: z.number() });

/** Lines of the simulator itself, among them one for each request with its path; the Worker writes its own. */
const simulatorPrefix = '[wrangler:info] ';

/** Milliseconds that workerd and the bundler may take before something is wrong. */
const readyTimeoutMs = 60_000;

/** Starts `wrangler dev`: the Worker in workerd, with D1 and R2 simulated in it. Throws LocalStackFault when it does not get ready. */
export async function startWrangler(options: WranglerToStart): Promise<RunningWrangler> {
  const ready = Promise.withResolvers<number>();
  const child = startProcess({
    command: [process.execPath, guardPath, '--drop', simulatorPrefix, ...devCommand(options)],
    environment: { ...wranglerEnvironment(options.stateFolder), ...placeVariables(options.placeFile) },
    logFile: options.logFile,
    onMessage: (message) => {
      const parsed = readyMessageSchema.safeParse(typeof message === 'string' ? JSON.parse(message) : message);
      if (parsed.success) ready.resolve(parsed.data.port);
    },
  });
  const timer = setTimeout(
    () =>
      ready.reject(
        new LocalStackFault(`The edge was not ready within ${readyTimeoutMs / 1_000} seconds; see ${options.logFile}.`),
      ),
    readyTimeoutMs,
  );
  void child.ended.then(() =>
    ready.reject(new LocalStackFault(`The edge ended while it started; ${options.logFile} says why.`)),
  );
  const abort = () => ready.reject(new LocalStackFault('The edge was stopped while it started.'));
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    const port = await ready.promise;
    return { ...child, url: `http://127.0.0.1:${port}` };
  } catch (error) {
    await child.stop(0);
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', abort);
  }
}

/** The simulator reads a file of late instead of asking the network. */
function placeVariables(file: string | undefined): Record<string, string> {
  return file === undefined ? {} : { CLOUDFLARE_CF_FETCH_ENABLED: 'true', CLOUDFLARE_CF_FETCH_PATH: file };
}

function devCommand({ configPath, dataFolder, port, showsInfo = false, moreFlags = [] }: WranglerToStart): string[] {
  const fixed = [
    ...moreFlags,
    '--ip',
    '127.0.0.1',
    '--inspector-port',
    '0',
    '--show-interactive-dev-session=false',
    '--log-level',
    showsInfo ? 'info' : 'warn',
  ];
  return wranglerCommand('dev', '--config', configPath, '--persist-to', dataFolder, '--port', String(port), ...fixed);
}
