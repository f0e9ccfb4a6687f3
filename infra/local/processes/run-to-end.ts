import { readFile } from 'node:fs/promises';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { type ProcessToStart, startProcess } from '#infra/local/processes/start-process.ts';

/** Lines of a log that are shown with a failure. */
const shownLinesMax = 5;

/** Runs one command to its end; `signal` ends it with its group. Throws LocalStackFault with the end of its output when it fails. */
export async function runToEnd(
  process: Omit<ProcessToStart, 'onMessage'> & { readonly what: string; readonly signal: AbortSignal },
): Promise<void> {
  process.signal.throwIfAborted();
  const child = startProcess({ ...process, onMessage: () => undefined });
  const stop = () => void child.stop(0);
  process.signal.addEventListener('abort', stop, { once: true });
  const code = await child.ended;
  process.signal.removeEventListener('abort', stop);
  process.signal.throwIfAborted();
  if (code === 0) return;
  const output = (await readFile(process.logFile, 'utf8')).trim().split('\n').slice(-shownLinesMax).join('\n');
  throw new LocalStackFault(`${process.what} failed; the end of ${process.logFile} is:\n${output}`);
}
