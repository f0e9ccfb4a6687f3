import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { findModel } from '#infra/local/find-model.ts';
import { startLocalStack } from '#infra/local/local-stack.ts';
import { launchChromium } from '#test/browser/support/launch-chromium.ts';
import { openPlayground, type PlaygroundOptions } from '#test/browser/support/open-playground.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

/** Of a picture: the repository is cloned with it. */
const bytesMax = 200_000;

interface Picture {
  readonly file: string;
  readonly options: PlaygroundOptions;
  /** What it begins with at the top. */
  readonly at: string;
  /** Whether the order before is drawn beside the ranking. */
  readonly compares: boolean;
}

const pictures: readonly Picture[] = [
  { file: 'playground.png', options: { width: 1_060, height: 710, colorScheme: 'light' }, at: 'body', compares: true },
  {
    file: 'playground-explanation.png',
    options: { width: 1_060, height: 620, colorScheme: 'light' },
    at: '.results',
    compares: false,
  },
  {
    file: 'playground-phone.png',
    options: { width: 390, height: 844, colorScheme: 'dark' },
    at: '.ranking',
    compares: true,
  },
];

/** `npm run screenshots [-- MODEL]`: the pictures of the playground in docs/, of the default model (or its file) with the sample adapter. */
const folder = await mkdtemp(join(tmpdir(), 'hintrank-screenshots-'));
const { signal } = new AbortController();
const say = (line: string) => console.log(line);
const stack = await startLocalStack(
  {
    port: 0,
    workers: 1,
    precision: 'auto',
    training: false,
    modelPath: await findModel(process.argv[2], signal, say),
    stateFolder: folder,
    modelCacheFolder: convertedWeightsFolder,
    say,
  },
  signal,
);
const browser = await launchChromium();
try {
  for (const { file, options, at, compares } of pictures) {
    const { page, context } = await openPlayground(browser, stack.url, {
      ...options,
      apiKey: stack.apiKey,
      bypassPolicy: true,
    });
    await page.locator('.results > li').nth(11).waitFor();
    const rankedMs = await page.evaluate<number>('performance.now()');
    const paintMs = await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0]?.startTime');
    say(`${file}: first paint after ${Math.round(paintMs)} ms, first ranking after ${Math.round(rankedMs)} ms`);
    await page.getByLabel('Model or adapter').selectOption('squad-sample');
    if (compares) await page.getByLabel('Beside').selectOption('first-stage');
    await page.getByRole('heading', { name: 'squad-sample@1' }).first().waitFor();
    if (compares) await page.locator('.comparison').waitFor();
    await page.locator('.ranking[aria-busy=false]').waitFor();
    await page.evaluate(`document.querySelector('${at}').scrollIntoView()`);
    const path = join(repositoryFolder, 'docs', file);
    await page.screenshot({ path });
    const { size } = await stat(path);
    if (size > bytesMax) throw new Error(`docs/${file} has ${size} bytes; the limit is ${bytesMax}.`);
    say(`docs/${file}: ${size} bytes`);
    await context.close();
  }
} finally {
  await browser.close();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
