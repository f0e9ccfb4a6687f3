import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian and Ubuntu install it. */
const systemPath = '/usr/bin/chromium';

/**
 * A headless Chromium: the one of CHROMIUM_PATH, else the system's, else the one that @sparticuz/chromium unpacks into the temporary folder. Throws
 * an Error that says what is missing where none runs: the browser tests fail then, they are not skipped.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  try {
    // Containers and CI have no user namespaces for the sandbox, and little shared memory; the pages are our own.
    return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  } catch (error) {
    const remedy =
      'Set CHROMIUM_PATH to a Chromium that runs here; the packaged one may need `apt-get install libnss3`.';
    throw new Error(`The Chromium at ${executablePath} did not start. ${remedy}`, { cause: error });
  }
}

async function findChromium(): Promise<string> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return named;
  if (existsSync(systemPath)) return systemPath;
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') {
    throw new Error(
      `The browser tests need a Chromium: set CHROMIUM_PATH to one. The packaged one runs on linux-x64, this is ${platform}.`,
    );
  }
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}
