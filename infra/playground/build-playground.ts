import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { digestPlaygroundSources } from '#infra/playground/playground-sources.ts';

const repositoryFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Where `assets` of wrangler.toml points. */
const builtFolder = join(repositoryFolder, '.hintrank', 'playground');

/** Digest of the sources beside the built page; a folder without it is not whole. */
const stampFile = `${builtFolder}.sha256`;

/**
 * Builds the playground into `.hintrank/playground`, unless it was built from the very same sources. Returns the folder. Several processes may call it
 * at once: each builds in a folder of its own and puts it in place whole.
 */
export async function buildPlayground(): Promise<string> {
  const digest = await digestPlaygroundSources(repositoryFolder);
  if (await isBuilt(digest)) return builtFolder;
  await mkdir(dirname(builtFolder), { recursive: true });
  const folder = await mkdtemp(`${builtFolder}-`);
  try {
    await buildInto(folder);
    await putInPlace(folder, digest);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return builtFolder;
}

async function isBuilt(digest: string): Promise<boolean> {
  try {
    await readFile(join(builtFolder, 'index.html'));
    return (await readFile(stampFile, 'utf8')) === digest;
  } catch {
    return false;
  }
}

/** One page, one script, one style sheet; hashes in their names, so that browsers may keep them for ever. */
async function buildInto(folder: string): Promise<void> {
  const sampleFile = join(repositoryFolder, 'infra', 'local', 'sample', 'squad-passages.json');
  await build({
    configFile: false,
    root: join(repositoryFolder, 'edge', 'playground'),
    logLevel: 'warn',
    define: { playgroundSample: await readFile(sampleFile, 'utf8') },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      assetsDir: 'playground',
      // Inlined files would be `data:` addresses, which the page's policy refuses.
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: false,
      reportCompressedSize: false,
    },
  });
}

async function putInPlace(folder: string, digest: string): Promise<void> {
  await rm(stampFile, { force: true });
  await rm(builtFolder, { recursive: true, force: true });
  try {
    await rename(folder, builtFolder);
  } catch (error) {
    // Another process was a moment faster; both built from the sources as they are.
    if (!(await hasPage())) throw error;
  }
  await writeFile(stampFile, digest);
}

async function hasPage(): Promise<boolean> {
  return readFile(join(builtFolder, 'index.html')).then(
    () => true,
    () => false,
  );
}
