import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface ProcessToStart {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** File that gets what the process prints; what an earlier run left is cut. */
  readonly logFile: string;
  /** Called with everything the process sends over its IPC channel. */
  readonly onMessage: (message: unknown) => void;
}

export interface RunningProcess {
  /** undefined where the process could not be started. */
  readonly processId: number | undefined;
  /** The process's end, with its exit code, or null where a signal ended it. Never rejects. */
  readonly ended: Promise<number | null>;
  /** Asks the process to end (SIGTERM), and ends its whole group by force after `forceAfterMs`. */
  stop(forceAfterMs: number): Promise<void>;
}

/**
 * Starts a process as the leader of a group of its own, so that Ctrl-C in the terminal reaches the supervisor alone, which then ends
 * everything in order. The IPC channel doubles as a life line: the process ends itself when it closes.
 */
export function startProcess({ command, environment, logFile, onMessage }: ProcessToStart): RunningProcess {
  const [file, ...args] = command;
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(file, args, {
    detached: true,
    env: environment,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  child.on('message', onMessage);
  // A channel that breaks while the child ends is no fault of its own; `exit` tells the story.
  child.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      killGroup(child);
      resolve(code);
    });
    child.once('error', () => {
      if (child.pid === undefined) resolve(null);
    });
  });
  return {
    processId: child.pid,
    ended,
    async stop(forceAfterMs) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => killGroup(child), forceAfterMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Ends what is left of the group by force; that nothing is left is the usual case. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
