import { existsSync, readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { environmentSchema } from '#gpu-worker/environment.ts';
import { repositoryFolder } from '#test/support/source-files.ts';
import packageJson from '../../package.json' with { type: 'json' };

/** A path of the repository in code font: it starts with one of its folders, or is a file beside package.json. */
const namedPath =
  /`((?:shared|edge|gpu-worker|cli|infra|test|docs|\.ci)\/[\w./-]*|[\w.-]+\.(?:json|toml|md)|vitest\.config\.ts)`/g;
const link = /\]\(([^)\s]+)\)/g;
const script = /\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g;

/** Files that are named without lying in the repository: made at run time, in a checkpoint or a data set, or in a reader's folder. */
const notOurs = /^(?:local|secrets|config|tokenizer|tokenizer_config|adapter_config)\.json$/;

interface Page {
  readonly path: string;
  readonly text: string;
}

/** The written documents; generated ones follow from the code. */
async function readPages(): Promise<Page[]> {
  const paths = await Array.fromAsync(
    glob(['*.md', 'docs/*.md', 'docs/decisions/*.md', 'infra/runbooks/*.md'], { cwd: repositoryFolder }),
  );
  return paths.sort().map((path) => ({ path, text: readFileSync(join(repositoryFolder, path), 'utf8') }));
}

const exists = (path: string) => existsSync(join(repositoryFolder, path));

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-');
}

function anchorsOf(path: string): string[] {
  const text = readFileSync(join(repositoryFolder, path), 'utf8');
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));
}

function linkFault({ path }: Page, target: string): string | null {
  if (/^https?:/.test(target)) return null;
  const [file = '', anchor] = target.split('#');
  const linked = file === '' ? path : normalize(join(dirname(path), file));
  if (!exists(linked)) return `${path} links to ${target}, which does not exist`;
  if (anchor === undefined || anchorsOf(linked).includes(anchor)) return null;
  return `${path} links to ${target}, which has no such heading`;
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap((match) => match.slice(1).find((group) => group !== undefined) ?? []);
}

it('every path that the documents name exists', async () => {
  const named = (await readPages()).flatMap(({ path, text }) =>
    matches(text, namedPath).map((target) => ({ path, target })),
  );
  expect(named.length).toBeGreaterThan(80);
  const missing = named.filter(
    ({ path, target }) => !notOurs.test(target) && !exists(target) && !exists(join(dirname(path), target)),
  );
  expect(missing).toEqual([]);
});

it('every link of the documents leads somewhere', async () => {
  const faults = (await readPages()).flatMap((page) =>
    matches(page.text, link).flatMap((target) => linkFault(page, target) ?? []),
  );
  expect(faults).toEqual([]);
});

it('every npm script that the documents name exists', async () => {
  const named = new Set((await readPages()).flatMap(({ text }) => matches(text, script)));
  expect(named.size).toBeGreaterThan(8);
  expect([...named].filter((name) => !(name in packageJson.scripts))).toEqual([]);
});

/** Names in the first column of a table of docs/operating.md. */
function describedSettings(): (string | undefined)[] {
  const operating = readFileSync(join(repositoryFolder, 'docs/operating.md'), 'utf8');
  const rows = operating
    .split('\n')
    .flatMap((line) => (line.startsWith('| `') ? [...(line.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)] : []));
  return rows.map((match) => match[1]);
}

it('every setting of the worker has its row in docs/operating.md', () => {
  const described = describedSettings();
  expect(Object.keys(environmentSchema.shape).filter((name) => !described.includes(name))).toEqual([]);
});

it('every setting of the edge has its row there, too', () => {
  const sources = [
    'edge/environment.ts',
    'edge/object-store/object-store-settings.ts',
    'edge/training/training-environment.ts',
    'shared/tracing/tracing-settings.ts',
  ].map((path) => readFileSync(join(repositoryFolder, path), 'utf8'));
  const names = sources.flatMap((text) => matches(text, /^ {2}readonly ([A-Z][A-Z0-9_]+)\??: /gm));
  expect(names.length).toBeGreaterThan(25);
  const described = describedSettings();
  expect(names.filter((name) => !described.includes(name))).toEqual([]);
});

it('every folder has its row in ARCHITECTURE.md, those of the command line together', async () => {
  const files = await Array.fromAsync(
    glob('{shared,edge,gpu-worker,infra}/*/**/*.{ts,yaml,md}', { cwd: repositoryFolder }),
  );
  const folders = new Set(files.map((path) => path.split('/').slice(0, 2).join('/')));
  expect(folders.size).toBeGreaterThan(40);
  const page = readFileSync(join(repositoryFolder, 'ARCHITECTURE.md'), 'utf8');
  expect([...folders].filter((folder) => !page.includes(`\`${folder}/`)).sort()).toEqual([]);
});

it('no two decisions share a number', async () => {
  const pages = await Array.fromAsync(glob('*.md', { cwd: join(repositoryFolder, 'docs/decisions') }));
  const numbers = pages.map((page) => page.slice(0, 4));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
});

it('every direct dependency has its row in docs/decisions/0001-dependencies.md', () => {
  const page = readFileSync(join(repositoryFolder, 'docs/decisions/0001-dependencies.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split(' | ')[0] ?? '');
  const described = rows.flatMap((cell) => cell.replace(/^\| /, '').split(', '));
  const names = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });
  expect(names.filter((name) => !described.includes(name))).toEqual([]);
});
