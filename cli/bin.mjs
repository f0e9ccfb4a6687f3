#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it: finds a Node that runs TypeScript sources, and gives it cli/main.ts with the same arguments,
// streams and signals. The package brings such a Node for the systems that it knows (node_modules/.bin/node).
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const required = [22, 18];
const here = dirname(fileURLToPath(import.meta.url));

/** @param {string} version such as `24.21.0` */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > required[0] || (major === required[0] && minor >= required[1]);
}

/** The running Node if it will do, else the one that was installed beside this package (here, or hoisted to an enclosing node_modules). */
function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    for (const candidate of [
      join(folder, 'node_modules', '.bin', name),
      join(
        folder,
        'node_modules',
        `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
        'bin',
        name,
      ),
    ]) {
      if (!existsSync(candidate)) continue;
      const { stdout, status } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
      if (status === 0 && isNewEnough(stdout.trim())) return candidate;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

const node = findNode();
if (node === undefined) {
  process.stderr.write(
    `hintrank: Node ${required.join('.')} or newer is needed, this is ${process.versions.node}, and none is installed beside the package; install one, or run npm install again.\n`,
  );
  process.exit(1);
}

const child = spawn(node, [join(here, 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// A terminal sends Ctrl-C to the child as well; the child takes two in one moment for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`hintrank: ${node} could not be started: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
});
