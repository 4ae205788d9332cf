/**
 * The pages that are files of the repository, with their links turned: what is a page links to the page, what is any other file to the repository.
 *
 * A link to a file that does not exist is an error.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const REPOSITORY = 'https://github.com/manycore-js/manycore';
/** Where the site will stand: `/`, or the path of a project's pages. */
export const BASE = process.env.MANYCORE_SITE_BASE ?? '/';
export const PACKAGES = ['manycore', 'core', 'sync', 'shared', 'queues', 'process', 'manager', 'futures'];

export const named = (name) => (name === 'manycore' ? name : `@manycore/${name}`);

/** File of the repository → page, without its ending. */
const PAGES = new Map([
  ['docs/from-python.md', 'from-python'],
  ['docs/choosing.md', 'choosing'],
  ['docs/differences.md', 'differences'],
  ['docs/architecture.md', 'architecture'],
  ['docs/memory-model.md', 'memory-model'],
  ['apps/bench/README.md', 'benchmarks'],
  ['apps/demo/README.md', 'codemap'],
  ['CONTRIBUTING.md', 'contributing'],
  ...PACKAGES.map((name) => [`packages/${name}/README.md`, `packages/${name}`]),
  ...readdirSync(join(root, 'docs/decisions')).map((file) => [`docs/decisions/${file}`, `decisions/${file.replace(/\.md$/, '')}`]),
]);

export function writePages(content) {
  const front = join(content, 'index.md');
  writeFileSync(front, readFileSync(front, 'utf8').replace('<!-- the first program of the README -->', firstProgram()));
  mendReference(content);
  write(content, 'reference/index', referenceIndex());
  write(content, 'tutorial', tutorial());
  for (const [file, page] of PAGES) write(content, page, turn(readFileSync(join(root, file), 'utf8'), file, page));
}

/** TypeDoc counts some names that it gives no heading, and so links to a second heading of a name that has only one. */
function mendReference(content) {
  const folder = join(content, 'reference');
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.md'));
  const headings = new Map(files.map((file) => [join(folder, file), readFileSync(join(folder, file), 'utf8').match(/^#+ .*$/gm) ?? []]));
  for (const file of files.map((name) => join(folder, name))) {
    const text = readFileSync(file, 'utf8');
    const mended = text.replace(/\]\(([^)#\s]*)#([\w]+)-1\)/g, (link, path, name) => {
      const target = path === '' ? file : join(dirname(file), path);
      const found = (headings.get(target) ?? []).filter((heading) => heading.replace(/^#+ /, '').toLowerCase() === name);
      return found.length === 1 ? `](${path}#${name})` : link;
    });
    if (mended !== text) writeFileSync(file, mended);
  }
}

function write(content, page, text) {
  const file = join(content, `${page}.md`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function referenceIndex() {
  const rows = PACKAGES.map((name) => {
    const { description } = JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), 'utf8'));
    return `| [${named(name)}](./${named(name)}/index.md) | ${description} | [README](../packages/${name}.md) |`;
  });
  return ['# Reference', '', 'Every public name, from the doc comments. `manycore` has all of them.', '', '| Package | What it has | |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

const readme = readFileSync(join(root, 'README.md'), 'utf8');

const firstProgram = () => /^```ts\n.*?^```$/ms.exec(readme)[0];

/** The beginning and the programs of the README. */
function tutorial() {
  const first = readme.slice(readme.indexOf('```sh\nnpm i'), readme.indexOf('- **Functions, not worker files'));
  const programs = readme.slice(readme.indexOf('## Six programs'), readme.indexOf('## Try it'));
  const opened = programs.replace(/<details>\n<summary><b>(.*?)<\/b><\/summary>\n/g, '## $1\n').replace(/^\*\*(1\. .*)\*\*$/m, '## $1').replace(/^<\/details>\n/gm, '').replace('## Six programs\n', '');
  return turn(`# Six programs\n\n${first}${opened}`, 'README.md', 'tutorial');
}

function turn(text, file, page) {
  const outside = text.split(/(^```.*?^```$)/ms).map((part, i) => (i % 2 === 1 ? part : part.replace(/(\]\()([^)\s]+)(\))/g, (_, open, link, close) => `${open}${turned(link, file, page)}${close}`)));
  return paired(outside.join(''));
}

function turned(link, file, page) {
  if (/^[a-z]+:|^#/.test(link)) return link;
  const [path, anchor] = link.split('#');
  const target = posix.join(posix.dirname(file), path).replace(/\/$/, '');
  if (!existsSync(join(root, target))) throw new Error(`${file}: there is no ${link}`);
  const at = PAGES.get(target) ?? PAGES.get(`${target}/README.md`) ?? (target === 'README.md' ? 'tutorial' : undefined);
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (at !== undefined) return `${relative(dirname(`/${page}`), `/${at}`) || '.'}.md${hash}`.replace(/^(?!\.)/, './');
  return `${REPOSITORY}/${statSync(join(root, target)).isDirectory() ? 'tree' : 'blob'}/main/${target}${hash}`;
}

/** A program of Python and the one of ours that follows it stand side by side where there is room. */
function paired(text) {
  return text.replace(/^(```python\n(?:(?!^```$).)*^```)\n\n(```ts\n(?:(?!^```$).)*^```)$/gms, '<div class="pair">\n\n$1\n\n$2\n\n</div>');
}
