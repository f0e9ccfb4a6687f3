import { spawn } from 'node:child_process';

/**
 * Runs one command that does not end by itself when its parent is gone (wrangler and its two runtimes), passes its IPC messages on, and
 * ends the whole process group with it: on SIGTERM, when the command ends, and when the supervisor was killed.
 * Usage: node guard.ts FILE ARGUMENT…, as a group leader with an IPC channel.
 */
const [file = '', ...args] = process.argv.slice(2);

/** Milliseconds that the command gets to end by itself. */
const graceMs = 3_000;

const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
child.on('message', (message) => {
  if (process.connected) process.send?.(message as object, () => undefined);
});
child.on('error', endGroup);
child.on('exit', endGroup);

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);

function stop(): void {
  child.kill('SIGTERM');
  setTimeout(endGroup, graceMs);
}

/** Ends this process too. */
function endGroup(): void {
  process.kill(-process.pid, 'SIGKILL');
}
