/** Counts a source text with the tokenizer that fits its language. */

import type { Language } from '../languages.js';
import type { SourceCounts } from './counts.js';
import { tokenizeJavaScript } from './javascript.js';
import type { JavaScriptDialect } from './javascript.js';
import { countPlainText } from './plain-text.js';
import { compileScanner } from './scanner.js';
import { SYNTAXES } from './syntaxes.js';
import type { SyntaxName } from './syntaxes.js';

const DIALECTS: Record<'js' | 'jsx' | 'ts' | 'tsx', JavaScriptDialect> = {
  js: { jsx: false, types: false },
  jsx: { jsx: true, types: false },
  ts: { jsx: false, types: true },
  tsx: { jsx: true, types: true },
};

export type TokenizerName = keyof typeof DIALECTS | SyntaxName | 'plain';

/** Compiled when a file of that kind turns up first: most trees need a few of them. */
const scanners = new Map<SyntaxName, (source: string) => SourceCounts>();

/** Counts lines and identifiers. Throws only what a regular expression engine throws on a text it cannot handle. */
export function tokenize(source: string, language: Language): SourceCounts {
  const name = language.tokenizer;
  if (name === 'js' || name === 'jsx' || name === 'ts' || name === 'tsx') return tokenizeJavaScript(source, DIALECTS[name]);
  if (name === 'plain') return countPlainText(source);
  let scan = scanners.get(name);
  if (scan === undefined) scanners.set(name, (scan = compileScanner(SYNTAXES[name])));
  return scan(source);
}
