import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSample } from '#infra/local/sample/read-sample.ts';
import { findViolations } from '#test/browser/support/find-violations.ts';
import { launchChromium } from '#test/browser/support/launch-chromium.ts';
import { openPlayground, type PlaygroundOptions } from '#test/browser/support/open-playground.ts';
import { type BrowserSystem, startBrowserSystem, uploadedAdapter } from '#test/browser/support/start-browser-system.ts';
import { tabTo } from '#test/browser/support/tab-to.ts';

let system: BrowserSystem;
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  system = await startBrowserSystem();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

/** Opened with the key, and with the sample ranked. */
async function openRanked(options: PlaygroundOptions = {}) {
  const opened = await openPlayground(browser, system.url, { apiKey: system.apiKey, ...options });
  await opened.page.locator('.results > li').nth(11).waitFor();
  return opened;
}

describe('the playground', () => {
  it('ranks the sample when it is opened by the printed address, and calls nobody else', async () => {
    const { page, context, problems, requests } = await openRanked();
    const scores = (await page.locator('.results .score').allTextContents()).map(Number);
    expect(scores).toHaveLength(12);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
    expect(await page.locator('.latency').textContent()).toMatch(/12 documents ranked in \d+ ms.*Edge.*Documents/);
    expect(requests.filter((request) => !request.startsWith(`${system.url}/`) && request !== 'data:,')).toEqual([]);
    expect(requests.filter((request) => request.includes('/v2/rerank'))).toHaveLength(1);
    expect(problems).toEqual([]);
    expect(page.url()).toBe(`${system.url}/`);
    expect(await context.storageState()).toEqual({ cookies: [], origins: [] });
  });

  it('shows what each token of the query gained, and what an adapter made its hints of', async () => {
    const { page, problems } = await openRanked();
    const first = page.locator('.results > li').first();
    const { question } = await readSample();
    expect(await first.locator('.query-tokens').textContent()).toBe(question);
    expect(await first.locator('.query-tokens [class^=rise], .query-tokens [class^=drop]').count()).toBeGreaterThan(0);
    await page.getByLabel('Model or adapter').selectOption(uploadedAdapter);
    await page.getByRole('heading', { name: `${uploadedAdapter}@1` }).waitFor();
    expect(await first.locator('.document mark').count()).toBeGreaterThan(0);
    await first.getByText('Numbers and hints').click();
    expect(await first.locator('tbody tr').count()).toBeGreaterThan(question.length / 2);
    expect(await first.locator('.hints li').first().textContent()).toMatch(/token \d+, chosen by “.*”, similarity/);
    expect(problems).toEqual([]);
  });

  it('puts two orders side by side, with a line for each document', async () => {
    const { page } = await openRanked();
    const { passages } = await readSample();
    const [left, right] = [page.locator('.order').first(), page.locator('.order').last()];
    await page.getByLabel('Beside').selectOption('first-stage');
    await left.locator('li').nth(11).waitFor();
    expect(await left.locator('li').allTextContents()).toEqual(
      passages.map(({ title, text }, place) => `${place + 1} ${title}: ${text}`),
    );
    await page.getByLabel('Beside').selectOption(`model:${uploadedAdapter}`);
    await page.getByRole('heading', { name: `${uploadedAdapter}@1` }).waitFor();
    expect(await page.locator('.moves line').count()).toBe(12);
    const titles = (await right.locator('li').allTextContents()).map(
      (text) => text.replace(/^\d+ /, '').split(': ')[0],
    );
    expect(titles).toEqual(await page.locator('.results h3').allTextContents());
  });

  it('says what is wrong: no key, a wrong key, nothing to rank', async () => {
    const { page, requests } = await openPlayground(browser, system.url);
    const notice = page.getByRole('alert');
    await notice.getByText('No key yet').waitFor();
    expect(requests.filter((request) => /\/v\d\//.test(request))).toEqual([]);
    await page.getByLabel('API key').fill('hr_wrong');
    await page.keyboard.press('Enter');
    await notice.getByText('The key was not accepted').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await notice.getByText('The query is empty.').waitFor();
    await page.getByLabel('Query', { exact: true }).fill('a question');
    await notice.getByText('There are no documents.').waitFor();
    await page.getByLabel('API key').fill(system.apiKey);
    await page.getByLabel('Documents', { exact: true }).fill('one\n\ntwo');
    await page.locator('.results > li').nth(1).waitFor();
    expect(await notice.count()).toBe(0);
  });

  it('gives the request as code, without the key', async () => {
    const { page } = await openRanked();
    await page.getByText('Call it from code').click();
    const code = page.locator('.snippets pre');
    expect(await code.textContent()).toContain(`curl -s '${system.url}/v2/rerank'`);
    for (const language of ['TypeScript', 'Python']) {
      await page.getByRole('button', { name: language }).click();
      expect(await code.textContent()).toContain('HINTRANK_API_KEY');
    }
    expect(await page.content()).not.toContain(system.apiKey);
  });

  it('shows adapters and training jobs', async () => {
    const { page } = await openRanked();
    await page.getByRole('link', { name: 'Adapters' }).click();
    await page.locator('summary', { hasText: uploadedAdapter }).click();
    expect(await page.getByRole('row', { name: /retrieve, clean-1/ }).textContent()).toContain('0.02 MB');
    await page.getByRole('link', { name: 'Training' }).click();
    await page.locator('summary', { hasText: 'retrieve, standard' }).click();
    await page.getByText('No curve yet').waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await openRanked();
    await tabTo(page, '.skip');
    await page.keyboard.press('Enter');
    await tabTo(page, '#query');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Which city has a mayor?');
    await tabTo(page, '#documents');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Warsaw has a mayor.\nIt rains.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.locator('.latency p', { hasText: /^2 documents/ }).waitFor();
    await tabTo(page, '#beside');
    await page.keyboard.press('ArrowDown');
    await page.locator('.comparison').waitFor();
    await tabTo(page, '.results summary');
    await page.keyboard.press('Enter');
    expect(await page.locator('.results details[open]').count()).toBe(1);
  });

  it.each([
    ['light', 1_280],
    ['dark', 390],
  ] as const)('has no fault that axe-core knows, and fits its width: %s, %i wide', async (colorScheme, width) => {
    const { page } = await openRanked({ colorScheme, width, height: 844, bypassPolicy: true });
    const expectSound = async () => {
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    };
    const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const brightness = Math.max(...background.split(/\D+/).filter(Boolean).map(Number));
    expect(brightness > 128 ? 'light' : 'dark').toBe(colorScheme);
    await page.getByLabel('Model or adapter').selectOption(uploadedAdapter);
    await page.getByLabel('Beside').selectOption('first-stage');
    await page
      .getByRole('heading', { name: `${uploadedAdapter}@1` })
      .first()
      .waitFor();
    await page.locator('.comparison').waitFor();
    await page.locator('.ranking[aria-busy=false]').waitFor();
    await page.locator('.results summary').first().click();
    await page.getByText('Call it from code').click();
    await expectSound();
    await page.getByRole('link', { name: 'Adapters' }).click();
    await page.locator('summary', { hasText: uploadedAdapter }).click();
    await page.getByRole('row', { name: /retrieve/ }).waitFor();
    await expectSound();
    await page.getByRole('link', { name: 'Training' }).click();
    await page.locator('summary', { hasText: 'retrieve, standard' }).click();
    await expectSound();
    await page.getByRole('link', { name: 'Rerank' }).click();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('alert').waitFor();
    await expectSound();
  });
});

// The last: the worker does not come back.
describe('the playground, when the worker is gone', () => {
  it('says so, and keeps what was typed', async () => {
    const { page } = await openRanked();
    for (const processId of system.workerProcessIds) process.kill(processId, 'SIGKILL');
    await page.getByLabel('Documents', { exact: true }).fill('new one\nnew two');
    await page.getByRole('alert').getByText('No worker answers').waitFor();
    expect(await page.getByLabel('Documents', { exact: true }).inputValue()).toBe('new one\nnew two');
  });
});
