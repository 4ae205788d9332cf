/** Links within the built site that lead nowhere: to a page that is not there, or to a place that a page does not have. VitePress itself looks at pages only. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** @param base - where the site will stand, with a slash at both ends. */
export function checkLinks(folder, base = '/') {
  const pages = new Map(readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.html')).map((file) => [`/${file}`, read(join(folder, file))]));
  const dead = [];
  for (const [page, { links }] of pages) {
    for (const link of links) {
      const [path, anchor] = (link.startsWith(base) ? `/${link.slice(base.length)}` : link).split('#');
      const target = path === '' ? page : posix.resolve(posix.dirname(page), decodeURI(path));
      const found = [target, `${target}.html`, `${target}/index.html`, `${target.replace(/\/$/, '')}/index.html`].find((file) => pages.has(file));
      if (found === undefined) {
        if (!existsSync(join(folder, target))) dead.push({ page, link });
      } else if (anchor && !pages.get(found).ids.has(decodeURIComponent(anchor))) dead.push({ page, link });
    }
  }
  return dead;
}

function read(file) {
  const html = readFileSync(file, 'utf8');
  const all = (pattern) => [...html.matchAll(pattern)].map((match) => match[1].replaceAll('&amp;', '&'));
  return { ids: new Set(all(/ id="([^"]+)"/g)), links: new Set(all(/<a[^>]* href="([^"]+)"/g).filter((link) => !/^[a-z]+:|^\/\//.test(link))) };
}
