import { once } from 'node:events';
import { findModel } from '#infra/local/find-model.ts';
import { startLocalStack } from '#infra/local/local-stack.ts';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { playgroundAddress } from '#infra/local/playground-address.ts';
import { showSample } from '#infra/local/sample/show-sample.ts';
import { parseStartOptions, startHelp } from '#infra/local/start-options.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** `npm start`: everything on this machine, a reranked sample, then serving until Ctrl-C. Returns the exit status. */
async function start(signal: AbortSignal): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(startHelp);
    return 0;
  }
  const modelPath = await findModel(options.model, signal, say);
  const stack = await startLocalStack({ ...options, modelPath, say }, signal);
  try {
    await showSample(stack, signal, say);
    if (options.once) return 0;
    say(`\nPlayground, with this machine's key:\n${playgroundAddress(stack)}`);
    say(`\nServing on ${stack.url}. Ctrl-C stops everything.`);
    await Promise.race([once(signal, 'abort'), stack.edgeEnded]);
    if (signal.aborted) return 0;
    throw new LocalStackFault('The edge has ended; everything else was stopped.');
  } finally {
    await stack.stop();
  }
}

/** Sentences for what the user can mend; everything else with its stack, because it is a defect of ours. */
function describe(error: unknown): string {
  if (error instanceof LocalStackFault || error instanceof ServiceError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!interrupted.signal.aborted) say('Stopping.');
    interrupted.abort();
  });
}
try {
  process.exitCode = await start(interrupted.signal);
} catch (error) {
  if (interrupted.signal.aborted) {
    process.exitCode = 130;
  } else {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}
