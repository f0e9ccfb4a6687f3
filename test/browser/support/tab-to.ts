import type { Page } from 'playwright-core';

/** More keystrokes than the page has places to stop at. */
const keystrokesMax = 120;

/** Presses Tab until the element has the focus. Throws an Error when it never gets it. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < keystrokesMax; pressed += 1) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  throw new Error(`${keystrokesMax} times Tab did not lead to ${selector}.`);
}
