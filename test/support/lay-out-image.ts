import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type BuildStage, instructionsOf } from '#test/support/read-dockerfile.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dependencies: z.record(z.string(), z.string()).optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** Packages that the image's stage `dependencies` takes out again. */
export function uninstalledPackages(stages: readonly BuildStage[]): string[] {
  const command = instructionsOf(stages, 'dependencies', 'RUN').find((text) => text.includes('npm uninstall')) ?? '';
  return (command.split('npm uninstall')[1]?.split('&&')[0] ?? '')
    .split(' ')
    .filter((word) => word !== '' && !word.startsWith('--'));
}

/** Paths of the packages that `roots` need at run time, as npm laid them out (`node_modules/a/node_modules/b`). */
function packageClosure(roots: readonly string[]): string[] {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(repositoryFolder, 'package-lock.json'), 'utf8')));
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    for (let parent = from; ; parent = parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/')))) {
      const path = parent === '' ? `node_modules/${name}` : `${parent}/node_modules/${name}`;
      const entry = packages[path];
      if (entry === undefined && parent !== '') continue;
      if (entry === undefined || found.has(path)) return;
      found.add(path);
      for (const each of Object.keys(entry.dependencies ?? {})) visit(each, path);
      return;
    }
  };
  for (const root of roots) visit(root, '');
  return [...found].sort();
}

/**
 * Makes `/app` of the image in `folder`, from the Dockerfile's own COPY lines and from the packages that its npm commands leave: what the image lacks, the
 * worker started from here lacks. Packages are hard links, so `folder` must be on the file system of the checkout.
 */
export function layOutImage(stages: readonly BuildStage[], stageName: string, folder: string): void {
  const app = join(folder, 'app');
  mkdirSync(app, { recursive: true });
  for (const copy of instructionsOf(stages, stageName, 'COPY')) {
    if (copy.startsWith('--from=')) continue;
    const [source = '', target = ''] = copy.split(' ');
    const filter = (path: string) => !path.endsWith('.test.ts') && !path.endsWith('.dockerfile');
    cpSync(join(repositoryFolder, source), join(app, target), { recursive: true, filter });
  }
  const manifest = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8'));
  for (const name of uninstalledPackages(stages)) delete manifest.dependencies[name];
  writeFileSync(join(app, 'package.json'), JSON.stringify({ ...manifest, devDependencies: {} }));
  // What lies inside another package comes with it.
  const outermost = packageClosure(Object.keys(manifest.dependencies)).filter(
    (path) => path.lastIndexOf('node_modules/') === 0,
  );
  for (const path of outermost) {
    const target = join(app, path);
    mkdirSync(dirname(target), { recursive: true });
    execFileSync('cp', ['-al', '--no-target-directory', join(repositoryFolder, path), target]);
  }
}
