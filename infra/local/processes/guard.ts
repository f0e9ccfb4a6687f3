import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Runs one command that does not end by itself when its parent is gone (wrangler and its two runtimes), passes its IPC messages on, and
 * ends the whole process group with it: on SIGTERM, when the command ends, and when the supervisor was killed.
 * Usage: node guard.ts [--drop PREFIX] FILE ARGUMENT…, as a group leader with an IPC channel. `--drop`: lines of its standard output that begin so go nowhere.
 */
const words = process.argv.slice(2);
const prefix = words[0] === '--drop' ? words[1] : undefined;
const [file = '', ...args] = prefix === undefined ? words : words.slice(2);

/** Milliseconds that the command gets to end by itself. */
const graceMs = 3_000;

/** Milliseconds in which the last lines are passed on: a runtime that outlives the command holds its output open. */
const lastLinesMs = 200;

const child = spawn(file, args, { stdio: ['ignore', prefix === undefined ? 'inherit' : 'pipe', 'inherit', 'ipc'] });
const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout });
lines?.on('line', (line) => {
  if (prefix === undefined || !line.startsWith(prefix)) process.stdout.write(`${line}\n`);
});
child.on('message', (message) => {
  if (process.connected) process.send?.(message as object, () => undefined);
});
child.on('error', endGroup);
child.on('exit', () => {
  if (lines === undefined) endGroup();
  lines?.once('close', endGroup);
  setTimeout(endGroup, lastLinesMs);
});

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
