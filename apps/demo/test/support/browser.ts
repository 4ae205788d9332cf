/** A headless Chromium for tests. */

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));

export const hasChromium = executablePath !== undefined;
if (!hasChromium) {
  console.warn('The report is not opened in a browser: there is no Chromium. Install one (Debian: `apt-get install -y chromium`, as root), or set CHROMIUM to the path of a Chrome or Chromium.');
}

export async function openBrowser(): Promise<Browser> {
  // Containers give root no sandbox; the pages are our own.
  return chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox', '--disable-gpu'] });
}

/** A page of its own, and what its console and its scripts complained about. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A page that loads itself anew ends what it listens to.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  await page.goto(url);
  return { page, complaints };
}
