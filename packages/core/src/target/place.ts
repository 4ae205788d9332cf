/** Where something stands, as a person reads it: file, line and column of the source before any transform. */
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
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

const INLINE_MAP = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** The source map in the last line of a text: there for a loader that maps stacks by itself, such as ts-node, and unknown to Node. */
function inlineMap(text: string): SourceMap | undefined {
  const at = text.lastIndexOf(INLINE_MAP);
  if (at === -1) return undefined;
  try {
    return new SourceMap(JSON.parse(Buffer.from(text.slice(at + INLINE_MAP.length), 'base64').toString()) as SourceMapPayload);
  } catch {
    // No source map, or of a kind that Node does not read: the position in the text stays.
    return undefined;
  }
}

/**
 * Line and column, counted from 0, before any transform: through the source map, if the program has source maps switched on, or the text
 * has one.
 *
 * @param text - what the engine has compiled.
 */
export function originalPosition(url: string, line: number, column: number, text = ''): { line: number; column: number } {
  const entry = (findSourceMap(url) ?? findSourceMap(displayUrl(url)) ?? inlineMap(text))?.findEntry(line, column);
  if (entry === undefined || !('originalLine' in entry) || typeof entry.originalLine !== 'number') return { line, column };
  return { line: entry.originalLine, column: entry.originalColumn };
}

/** `file:line:column` as a person counts them, from a position counted from 0. */
export function displayPlace(url: string, line: number, column: number, text?: string): string {
  const original = originalPosition(url, line, column, text);
  return `${displayUrl(url)}:${original.line + 1}:${original.column + 1}`;
}
