import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test as anyTest } from 'vitest';
import { hasChromium, openBrowser, openPage } from '../support/browser.js';
import { pressCtrlC, startCodemap } from '../support/codemap.js';
import type { Started } from '../support/codemap.js';
import { childrenOf, isRunning } from '../support/processes.js';
import { tempTree } from '../support/temp-tree.js';

const test = anyTest.skipIf(!hasChromium);
const CHARTS = ['files', 'lines', 'histogram', 'timeline', 'biggest', 'identifiers'];

// One browser, and one program that watches one tree, for all tests: they are what takes time.
const cleanUps: (() => void | Promise<void>)[] = [];
const atEnd = (cleanUp: () => void | Promise<void>): number => cleanUps.push(cleanUp);
let browser: Browser;
let codemap: Started;
let root: string;
let report: string;
let address: string;

beforeAll(async () => {
  if (!hasChromium) return;
  browser = await openBrowser();
  atEnd(() => browser.close());
  const files: Record<string, string> = { 'data.json': '{}\n' };
  for (let i = 0; i < 120; i++) {
    files[`src/f${i}.ts`] = `// file ${i}\n\nexport const name${i % 7} = (value: number) => value + ${i};\n`.repeat(1 + 3 * (i % 13));
    files[`lib/<b>${i}.py`] = `# ${i}\ndef run_${i % 5}(x):\n    return x\n`;
  }
  root = tempTree(files, atEnd);
  const cwd = tempTree({}, atEnd);
  report = path.join(cwd, 'report.html');
  codemap = startCodemap([root, '--watch', '--workers', '2'], cwd, { atEnd });
  [, address] = (await codemap.stderrMatches(/the page is at (\S+\/),/)) as unknown as [string, string];
});

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

const reportPage = (options?: Parameters<typeof openPage>[2]): ReturnType<typeof openPage> => openPage(browser, pathToFileURL(report).href, options);
const tile = (page: Page, label: string): Promise<string> => page.locator('.tile', { has: page.locator('dt', { hasText: label }) }).locator('dd').innerText();
/** What the charts consist of: an empty one has axes at most. */
const shapes = (page: Page, id: string): Promise<number> => page.locator(`#${id} svg path`).count();
const range = (page: Page): Promise<string> => page.locator('#zoom-range').innerText();

test('the file opens offline without a complaint, with every number and every chart', async () => {
  const { page, complaints } = await reportPage({ offline: true });
  expect(await page.title()).toBe(`codemap: ${root}`);
  expect(await tile(page, 'Files')).toMatch(/^241\n/);
  expect(await page.getByRole('row', { name: /^TypeScript 120/ }).isVisible()).toBe(true);
  for (const id of CHARTS) expect(await shapes(page, id), id).toBeGreaterThan(5);
  expect(await page.locator('#histogram svg').textContent()).toContain('120');
  expect(await page.locator('#timeline svg').textContent()).toMatch(/worker 1 .*% busy/);
  await page.getByText('Longest files').click();
  expect(await page.getByRole('row', { name: /src\/f12\.ts TypeScript/ }).isVisible()).toBe(true);
  expect(complaints).toEqual([]);
  await page.close();
});

test('the timeline zooms by wheel, drag, buttons and keys, and shows all again', async () => {
  const { page, complaints } = await reportPage();
  const box = page.locator('#timeline');
  await box.scrollIntoViewIfNeeded();
  const { x, y, width } = (await box.boundingBox())!;
  expect(await range(page)).toBe('');
  expect(await page.locator('#zoom-reset').isDisabled()).toBe(true);

  await page.mouse.move(x + width / 2, y + 55);
  await page.mouse.wheel(0, -400);
  await expect.poll(() => range(page)).toMatch(/ to /);
  const zoomed = await range(page);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 - 150, y + 55, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => range(page)).not.toBe(zoomed);

  await page.locator('#zoom-reset').click();
  await expect.poll(() => range(page)).toBe('');
  await page.locator('#zoom-in').click();
  await expect.poll(() => range(page)).not.toBe('');
  await page.locator('#zoom-out').click();
  await expect.poll(() => range(page)).toBe('');

  await box.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const before = await range(page);
  await page.keyboard.press('ArrowRight');
  expect([before, await range(page)]).not.toContain('');
  expect(await range(page)).not.toBe(before);
  await page.keyboard.press('0');
  expect(await range(page)).toBe('');
  expect(complaints).toEqual([]);
  await page.close();
});

test('page and charts follow the colour scheme of the system, also while open', async () => {
  const { page, complaints } = await reportPage({ colorScheme: 'light' });
  const colours = (): Promise<string[]> =>
    page.evaluate<string[]>(`[getComputedStyle(document.body).backgroundColor, document.querySelector('#files svg text').getAttribute('fill')]`);
  const light = await colours();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await colours())[1]).not.toBe(light[1]);
  const dark = await colours();
  expect(light[0]).toBe('rgb(245, 246, 248)');
  expect(dark[0]).toBe('rgb(15, 18, 24)');
  for (const id of CHARTS) expect(await shapes(page, id), id).toBeGreaterThan(5);
  expect(complaints).toEqual([]);
  await page.close();
});

test('on a phone nothing is wider than the page', async () => {
  const { page } = await reportPage({ viewport: { width: 390, height: 844 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  for (const id of CHARTS) expect((await page.locator(`#${id} svg`).boundingBox())!.width, id).toBeLessThanOrEqual(362);
  await page.close();
});

test('--watch counts what has changed, and nothing else; the page it serves loads itself anew', async () => {
  const { page, complaints } = await openPage(browser, address);
  expect(await tile(page, 'Files')).toMatch(/^241\n/);
  writeFileSync(path.join(root, 'src/added.rs'), 'fn main() {}\n');
  await codemap.stderrMatches(/1 file counted again, 0 gone/);
  await expect.poll(() => tile(page, 'Files')).toMatch(/^242\n/);
  expect(await page.getByRole('row', { name: /^Rust 1/ }).isVisible()).toBe(true);
  expect(readFileSync(report, 'utf8')).toContain('Rust');

  writeFileSync(path.join(root, 'src/added.rs'), 'fn main() {\n}\n');
  rmSync(path.join(root, 'src/f0.ts'));
  await codemap.stderrMatches(/1 file counted again, 1 gone/);
  await expect.poll(() => tile(page, 'Files')).toMatch(/^241\n/);
  expect(await page.getByRole('row', { name: /^Rust 1/ }).innerText()).toContain('\t2\t2\t0\t0');
  expect(complaints).toEqual([]);
  await page.close();
});

test('the page is given out under its own address only, and nothing else is', async () => {
  const status = (url: string, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).once('error', reject));
  const { host } = new URL(address);
  expect([await status(address, host), await status(address, 'example.com'), await status(`${address}report.html`, host)]).toEqual([200, 403, 404]);
});

test('Ctrl-C ends --watch in good order, with a page open, and leaves no process (looks into /proc)', async () => {
  const { page } = await openPage(browser, address);
  const children = childrenOf(codemap.child.pid!);
  expect(children.length).toBeGreaterThanOrEqual(2);
  pressCtrlC(codemap.child);
  const { code, stderr } = await codemap.ended;
  expect(code, stderr).toBe(0);
  await expect.poll(() => children.filter(isRunning)).toEqual([]);
  await page.close();
});
