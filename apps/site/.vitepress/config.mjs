import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { BASE, named, PACKAGES } from '../scripts/pages.mjs';

const content = new URL('../content/', import.meta.url);

/** Headings have the addresses that they have on GitHub. */
const slugify = (text) => text.toLowerCase().trim().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');

function classesOf(name) {
  const folder = new URL(`reference/${named(name)}/classes/`, content);
  return existsSync(folder) ? readdirSync(folder).map((file) => file.replace(/\.md$/, '')).sort() : [];
}

/** What the search finds of a page: no programs, and of the reference and the long tables the headings only. */
function searched(text, page) {
  if (/^(reference\/|benchmarks)/.test(page)) return text.match(/^#.*$/gm).join('\n\n');
  return text.replace(/^```.*?^```$/gms, '');
}

const guide = [
  {
    text: 'Guide',
    items: [
      { text: 'Six programs', link: '/tutorial' },
      { text: 'From Python', link: '/from-python' },
      { text: 'Choosing', link: '/choosing' },
      { text: 'Differences from Python', link: '/differences' },
      { text: 'Memory model', link: '/memory-model' },
      { text: 'Architecture', link: '/architecture' },
    ],
  },
  { text: 'Packages', items: PACKAGES.map((name) => ({ text: named(name), link: `/packages/${name}` })) },
  {
    text: 'More',
    items: [
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'codemap, the demo', link: '/codemap' },
      { text: 'Contributing', link: '/contributing' },
      { text: 'Decisions', collapsed: true, items: readdirSync(new URL('../../../docs/decisions/', import.meta.url)).map((file) => ({ text: file.slice(5, -3).replaceAll('-', ' '), link: `/decisions/${file.replace(/\.md$/, '')}` })) },
    ],
  },
];

const reference = PACKAGES.map((name) => ({
  text: named(name),
  link: `/reference/${named(name)}/`,
  collapsed: true,
  items: classesOf(name).map((member) => ({ text: member, link: `/reference/${named(name)}/classes/${member}` })),
}));

export default defineConfig({
  title: 'manycore',
  description: 'Python\'s multiprocessing for Node and TypeScript: processes, pools, queues and locks in shared memory.',
  lang: 'en',
  base: BASE,
  srcDir: 'content',
  cleanUrls: true,
  lastUpdated: false,
  // The index of the search is one file.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${BASE}icon.svg` }]],
  markdown: { anchor: { slugify }, toc: { slugify }, headers: { slugify }, theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    logo: '/icon.svg',
    nav: [
      { text: 'Guide', link: '/tutorial', activeMatch: '^/(tutorial|from-python|choosing|differences|memory-model|architecture)' },
      { text: 'Packages', link: '/packages/manycore', activeMatch: '^/packages/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: 'Benchmarks', link: '/benchmarks' },
    ],
    sidebar: { '/reference/': reference, '/': guide },
    outline: { level: [2, 3] },
    search: { provider: 'local', options: { _render: (text, env, md) => md.render(searched(text, env.relativePath), env) } },
    socialLinks: [{ icon: 'github', link: 'https://github.com/manycore-js/manycore' }],
    footer: { message: 'MIT licence' },
  },
});
