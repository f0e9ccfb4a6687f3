import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface PlaygroundOptions {
  /** Absent: the page is opened without one. */
  readonly apiKey?: string;
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Lets the test run code of its own in the page, which the page's policy forbids to everybody. */
  readonly bypassPolicy?: boolean;
}

export interface OpenPlayground {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Exceptions, and what the page's policy stopped. */
  readonly problems: readonly string[];
  /** Everything that was asked for, in order. */
  readonly requests: readonly string[];
}

/** The playground in a browser profile of its own, opened as `npm start` says where there is a key. */
export async function openPlayground(
  browser: Browser,
  url: string,
  options: PlaygroundOptions = {},
): Promise<OpenPlayground> {
  const { apiKey, width = 1_280, height = 900, colorScheme = 'light', bypassPolicy = false } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: bypassPolicy });
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => void problems.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => void requests.push(request.url()));
  await page.goto(apiKey === undefined ? `${url}/` : `${url}/#key=${apiKey}`);
  return { page, context, problems, requests };
}
