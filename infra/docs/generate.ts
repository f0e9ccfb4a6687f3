import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApp } from '#edge/app.ts';
import { buildOpenApiDocument } from '#edge/openapi/build-openapi-document.ts';
import { renderApiPage } from '#infra/docs/render-api-page.ts';
import { renderErrorsPage } from '#infra/docs/render-errors-page.ts';
import { errorCatalogue } from '#shared/errors/error-catalogue.ts';

/**
 * Writes docs/generated from the schemas that requests are parsed with and from the error catalogue; with `--check`, writes nothing and fails
 * where a file differs from what would be written.
 */
const folder = join(import.meta.dirname, '../../docs/generated');

/** The app without bindings: its routes are read, no request is made. */
const app = createApp({
  createDependencies: () => {
    throw new Error('generating documents makes no request');
  },
  log: () => undefined,
});

const document = await buildOpenApiDocument(app);
const pages: Record<string, string> = {
  'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'api.md': renderApiPage(document),
  'errors.md': renderErrorsPage(errorCatalogue),
};

if (process.argv.includes('--check')) {
  const current = await Promise.all(
    Object.keys(pages).map(async (name) => [name, await readFile(join(folder, name), 'utf8').catch(() => '')] as const),
  );
  const stale = current.filter(([name, text]) => text !== pages[name]).map(([name]) => `docs/generated/${name}`);
  if (stale.length > 0) {
    console.error(`Stale: ${stale.join(', ')}. Run \`npm run docs\` and commit what changes.`);
    process.exitCode = 1;
  }
} else {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(pages).map(([name, text]) => writeFile(join(folder, name), text)));
  console.log(`Wrote ${Object.keys(pages).join(', ')} to docs/generated.`);
}
