/**
 * Which module is the program's main script.
 *
 * In a process the user started it is the script on the command line. In a child `process.argv[1]` is the child's own entry, so the
 * code that boots a child tells what its parent told it.
 */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

let urls: Set<string> | undefined;
let first: string | undefined;

function fromCommandLine(): string[] {
  const script = process.argv[1];
  if (script === undefined || !/^([/\\]|[A-Za-z]:)/.test(script)) return [];
  let file = script;
  try {
    // `node app` finds app.js or app/index.js by the rules of require().
    file = createRequire(pathToFileURL(script)).resolve(script);
  } catch {
    // A script run by a loader may exist for that loader only; its path as given is then its name.
  }
  const found = [pathToFileURL(file).href];
  try {
    found.unshift(pathToFileURL(realpathSync(file)).href);
  } catch {
    // Not a file on disk: the name as given stays.
  }
  return found;
}

function known(): Set<string> {
  if (urls === undefined) {
    urls = new Set(fromCommandLine());
    first = urls.values().next().value;
  }
  return urls;
}

/** The URL of the main script, or `undefined` in a REPL and under `node -e`. */
export function mainScriptUrl(): string | undefined {
  known();
  return first;
}

/** Tells a child, before any user code runs, which script is the main one of its process tree. */
export function setMainScriptUrl(url: string | undefined): void {
  urls = new Set(url === undefined ? [] : [url]);
  first = url;
}

export function isMainScript(url: string): boolean {
  return known().has(url);
}
