import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const version = '3.22.1';

/**
 * Puts node-llama-cpp with its prebuilt CPU library into `folder` (git-ignored) unless it is there, and returns the URL of its module.
 * Install scripts stay off: the library comes in a package of its own, nothing is compiled or downloaded besides.
 */
export async function fetchLlamaCpp(folder: string): Promise<string> {
  const packageFolder = join(folder, 'node_modules', 'node-llama-cpp');
  if (!existsSync(join(packageFolder, 'package.json'))) {
    const binaries = `@node-llama-cpp/${process.platform === 'win32' ? 'win' : process.platform === 'darwin' ? 'mac' : 'linux'}-${process.arch}`;
    process.stderr.write(`Fetching node-llama-cpp ${version} into ${folder} (about 85 MB, once)…\n`);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'package.json'),
      '{ "private": true, "name": "hintrank-bench-peers", "version": "0.0.0" }\n',
    );
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=optional', '--save-exact'];
    await promisify(execFile)('npm', ['install', ...flags, `node-llama-cpp@${version}`, `${binaries}@${version}`], {
      cwd: folder,
      shell: process.platform === 'win32',
    });
  }
  return pathToFileURL(join(packageFolder, 'dist', 'index.js')).href;
}
