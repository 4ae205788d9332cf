/** Where something stands, as a person reads it: file, line and column of the source before any transform. */
import { findSourceMap } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Queries that loaders and test runners add to a module's URL for their own book-keeping; any other query is the program's. */
const LOADER_QUERIES: Record<string, RegExp> = { 'tsx-namespace': /./, namespace: /^\d+$/, t: /^\d{10,}$/, v: /^[\da-f]{8}$/ };

/** `node -e` and `node < script` give their code a name in the current directory. */
const NO_FILE = /\/\[(?:eval|stdin)\d*\]$/;

/** The URL to import a script's module by in another process, or `undefined` when it names no module (`[eval]`, a REPL line). */
export function importableUrl(scriptUrl: string): string | undefined {
  if (isAbsolute(scriptUrl)) return pathToFileURL(scriptUrl).href;
  if (!URL.canParse(scriptUrl)) return undefined;
  const url = new URL(scriptUrl);
  if (url.protocol !== 'file:') return scriptUrl;
  if (NO_FILE.test(url.pathname)) return undefined;
  for (const [key, value] of [...url.searchParams]) if (LOADER_QUERIES[key]?.test(value) === true) url.searchParams.delete(key);
  return url.href;
}

/** A file path where there is one, else the URL; long `data:` URLs shortened. */
export function displayUrl(url: string): string {
  if (url.startsWith('file:')) return fileURLToPath(url);
  return url.length > 80 ? `${url.slice(0, 80)}…` : url;
}

/** Line and column, counted from 0, before any transform: through the source map, if the program has source maps switched on. */
export function originalPosition(url: string, line: number, column: number): { line: number; column: number } {
  const entry = (findSourceMap(url) ?? findSourceMap(displayUrl(url)))?.findEntry(line, column);
  if (entry === undefined || !('originalLine' in entry) || typeof entry.originalLine !== 'number') return { line, column };
  return { line: entry.originalLine, column: entry.originalColumn };
}

/** `file:line:column` as a person counts them, from a position counted from 0. */
export function displayPlace(url: string, line: number, column: number): string {
  const original = originalPosition(url, line, column);
  return `${displayUrl(url)}:${original.line + 1}:${original.column + 1}`;
}
