import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTool } from '#infra/tools/tool-paths.ts';
import { uninstalledPackages } from '#test/support/lay-out-image.ts';
import { type BuildStage, instructionsOf, readDockerfile } from '#test/support/read-dockerfile.ts';
import { listSourceFiles, repositoryFolder } from '#test/support/source-files.ts';
import packageJson from '../../package.json' with { type: 'json' };

const folder = join(repositoryFolder, 'infra/containers');
const files = (await Array.fromAsync(glob('*.dockerfile', { cwd: folder }))).sort();

/** What hadolint finds in the text of a Dockerfile. */
function hadolint(text: string): { readonly status: number | null; readonly stdout: string } {
  const flags = ['--no-color', '--failure-threshold', 'info', '-'];
  const { status, stdout, stderr } = spawnSync(findTool('hadolint'), flags, { input: text, encoding: 'utf8' });
  return { status, stdout: `${stdout}${stderr}` };
}

/** Packages that the worker imports: bare specifiers of its own sources and the shared ones. */
async function importedPackages(): Promise<Set<string>> {
  const sources = (await listSourceFiles()).filter(({ path }) => /^(?:gpu-worker|shared)\//.test(path));
  const imports = sources
    .filter(({ path }) => !path.endsWith('.test.ts'))
    .flatMap(({ text }) =>
      [...text.matchAll(/(?:from |import\()'((?:@[\w-]+\/)?[\w-]+)/g)].map((match) => match[1] ?? ''),
    );
  return new Set(imports.filter((name) => name !== 'node'));
}

it('there are images', () => {
  expect(files).toContain('worker.dockerfile');
});

describe.each(files)('%s', (file) => {
  const stages = readDockerfile(join(folder, file));
  const last = stages.at(-1)?.name ?? '';

  it('has nothing that hadolint finds fault with', () => {
    expect(hadolint(readFileSync(join(folder, file), 'utf8'))).toEqual({ status: 0, stdout: '' });
  });

  it.each([
    ['a version that is not said', 'tini=0.19.0-1+b3', 'tini', 'DL3008'],
    ['an instruction that there is not', 'HEALTHCHECK', 'HEALTHCHEK', 'unexpected'],
    ['a folder that is not absolute', 'WORKDIR /app', 'WORKDIR app', 'DL3000'],
  ])('would not pass with %s', (_what, right, wrong, finding) => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(right);
    const { status, stdout } = hadolint(text.replaceAll(right, wrong));
    expect(status).toBe(1);
    expect(stdout).toContain(finding);
  });

  it('names an exact version of every image and every Debian package', () => {
    const bases = stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base));
    expect(bases.filter((base) => !/:\d+\.\d+\.\d+[\w.-]*$/.test(base))).toEqual([]);
    const installed = stages.flatMap(({ name }) => instructionsOf(stages, name, 'RUN'));
    const names = installed.flatMap((run) =>
      (/--no-install-recommends ([^&]+)/.exec(run)?.[1] ?? '').trim().split(' '),
    );
    expect(names.filter((name) => name !== '' && !/^[\w.+-]+=\S+$/.test(name))).toEqual([]);
  });

  it('runs as a numbered user without rights under tini, with a health check', () => {
    expect(instructionsOf(stages, last, 'USER').at(-1)).toBe('65532:65532');
    expect(instructionsOf(stages, last, 'ENTRYPOINT').at(-1)).toMatch(/^\["\/usr\/bin\/tini", "--", /);
    expect(instructionsOf(stages, last, 'HEALTHCHECK')).toHaveLength(1);
  });

  it('holds and starts the worker as the image does whose contents are run', () => {
    const tried = readDockerfile(join(folder, 'worker.dockerfile'));
    for (const kind of ['ENTRYPOINT', 'HEALTHCHECK', 'USER', 'VOLUME', 'STOPSIGNAL']) {
      expect(instructionsOf(stages, 'worker', kind)).toEqual(instructionsOf(tried, 'worker', kind));
    }
    const copied = (each: readonly BuildStage[]) =>
      instructionsOf(each, 'worker', 'COPY').filter((copy) => copy.includes('./'));
    expect(copied(stages)).toEqual(copied(tried));
    expect(uninstalledPackages(stages)).toEqual(uninstalledPackages(tried));
  });

  it('takes out no package that the worker imports, and leaves none in that it does not', async () => {
    const imported = await importedPackages();
    const left = Object.keys(packageJson.dependencies).filter((name) => !uninstalledPackages(stages).includes(name));
    expect(left).toEqual(Object.keys(packageJson.dependencies).filter((name) => imported.has(name)));
  });
});
