import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkLinks } from '../scripts/check-links.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'site-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'sub/page.html'), '<h2 id="here">Here</h2>');
});
afterEach(() => rmSync(folder, { recursive: true }));

function dead(links: string[], base?: string): string[] {
  writeFileSync(join(folder, 'index.html'), `<h1 id="top"></h1>${links.map((link) => `<a class="x" href="${link}">x</a>`).join('')}`);
  return checkLinks(folder, base).map(({ link }: { link: string }) => link);
}

it('pages, with and without their ending, headings, files and other hosts are no dead links', () => {
  expect(dead(['/', '#top', './sub/page', '/sub/page.html', '/sub/page#here', '/icon.svg', 'https://example.org/none'])).toEqual([]);
});

it('a page and a heading that are not there are dead links', () => {
  const links = ['/none', './sub/none', '#none', '/sub/page#none'];
  expect(dead(links)).toEqual(links);
});

it('links are below the base', () => {
  expect(dead(['/docs/sub/page#here', '/docs/none'], '/docs/')).toEqual(['/docs/none']);
});
