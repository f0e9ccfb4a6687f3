import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { wranglerCommand, wranglerEnvironment } from '#cli/wrangler/wrangler-command.ts';
import { bundleGzipBytesMax, describeBundle, measureBundle } from '#infra/bundle/measure-bundle.ts';

/** `npm run size`: bundles the edge as a deployment would, and prints its size. Status 1 where it is over the limit. */
const repositoryFolder = join(import.meta.dirname, '..', '..');
const outputFolder = join(repositoryFolder, '.hintrank', 'dry-run', 'production');

await rm(outputFolder, { recursive: true, force: true });
const [file, ...args] = wranglerCommand('deploy', '--dry-run', '--env', 'production', '--outdir', outputFolder);
const { status, stdout, stderr } = spawnSync(file, args, {
  cwd: repositoryFolder,
  env: wranglerEnvironment(join(repositoryFolder, '.hintrank')),
  encoding: 'utf8',
});
if (status === 0) {
  const size = await measureBundle(outputFolder);
  process.stdout.write(`${describeBundle(size)}\n`);
  if (size.gzipBytes >= bundleGzipBytesMax) process.exitCode = 1;
} else {
  process.stderr.write(`${stdout}${stderr}`);
  process.exitCode = 1;
}
