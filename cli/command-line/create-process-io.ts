import { once } from 'node:events';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { exitCodes } from '#cli/command-line/describe-failure.ts';

/** Milliseconds in which a second signal is the same key press: the terminal sends it to every process of the group, and npm and bin.mjs pass theirs on. */
const samePressMs = 500;

/** This process's streams, with its signals as an AbortSignal. A first Ctrl-C lets the command tidy up; a second ends at once. */
export function createProcessIo(): CommandIo {
  const controller = new AbortController();
  let firstSignalMs = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        firstSignalMs = performance.now();
        controller.abort(name);
        // Whoever waits for input that may never come is woken by the end of the stream.
        process.stdin.destroy();
      } else if (performance.now() - firstSignalMs > samePressMs) process.exit(exitCodes[name]);
    });
  }
  let outputFailure: Error | undefined;
  process.stdout.on('error', (error) => {
    outputFailure = error;
  });
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: controller.signal,
    async print(text) {
      if (outputFailure !== undefined) throw outputFailure;
      if (!process.stdout.write(text))
        await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
      if (outputFailure !== undefined) throw outputFailure;
    },
  };
}
