/**
 * Builds the site into `.vitepress/dist`: the reference of all packages by TypeDoc, then the pages of the repository, then VitePress, then a look at every link of what came out.
 *
 * `content/` is made anew each time; what is written here by hand is in `pages/`. With `--pages` the reference is left as it is.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkLinks } from './check-links.mjs';
import { BASE, writePages } from './pages.mjs';

const site = fileURLToPath(new URL('..', import.meta.url));
const content = `${site}content`;

/** Room for young objects: with what Node gives by itself, a third of the time goes to the garbage collector. */
function run(program, ...args) {
  const { status } = spawnSync(process.execPath, ['--max-semi-space-size=128', `${site}node_modules/${program}`, ...args], { cwd: site, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const keepsReference = process.argv.includes('--pages');
for (const name of existing(content)) if (!(keepsReference && name === 'reference')) rmSync(`${content}/${name}`, { recursive: true });
if (!keepsReference) run('typedoc/bin/typedoc', '--logLevel', 'Warn');
cpSync(`${site}pages`, content, { recursive: true });
writePages(content);
run('vitepress/bin/vitepress.js', 'build');
const dead = checkLinks(`${site}.vitepress/dist`, BASE);
for (const { page, link } of dead) console.error(`dead link in ${page}: ${link}`);
if (dead.length > 0) process.exit(1);

function existing(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
