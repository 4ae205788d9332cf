/**
 * What an ES module exports, read from its text: the only source while the module is still being evaluated, when its namespace cannot be
 * had (`import()` of a module from its own evaluation would wait for itself).
 */
import { createRequire } from 'node:module';
import { BUNDLE_HINT, ownUrl, packageFile } from '../installation.js';

export interface ModuleExport {
  name: string;
  /** The variable behind it; absent for `export default <expression>` and for names that come from another module. */
  localName: string | undefined;
  /** Offset behind the exported name in the text. */
  end: number;
}

interface Lexer {
  parse(source: string): [unknown, readonly { n: string; ln?: string; e: number }[]];
}

let lexer: Lexer | undefined;

/** The lexer that belongs to us: a bundle may have another one beside it. */
function loadLexer(): Lexer {
  const ours = packageFile('@manycore/core', 'prebuilds', ownUrl) ?? ownUrl;
  try {
    return createRequire(ours)('es-module-lexer/minimal') as Lexer;
  } catch (cause) {
    throw new Error(`es-module-lexer is not installed beside manycore. ${BUNDLE_HINT}`, { cause });
  }
}

/** @throws SyntaxError-like when the text is no JavaScript module. */
export function exportsOf(source: string): ModuleExport[] {
  // Loaded at the first need: most programs name their functions through modules that are never lexed.
  lexer ??= loadLexer();
  return lexer.parse(source)[1].map(({ n, ln, e }) => ({ name: n, localName: ln, end: e }));
}

/** Everything that can stand between `export default` and the parameter list of the function it exports. */
const ONLY_A_FUNCTION_HEAD = /^(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*\n|\(|async\b|function\b)*$/;

/** Whether the function whose parameters begin at `offset` is itself the default export, written in place. */
export function isDefaultExpression(source: string, exported: ModuleExport, offset: number): boolean {
  return offset >= exported.end && ONLY_A_FUNCTION_HEAD.test(source.slice(exported.end, offset));
}

/** Offset of a 0-based line and column; the engine ends lines at \\n, \\r\\n, \\r, U+2028 and U+2029. */
export function offsetOf(source: string, line: number, column: number): number {
  if (line === 0) return column;
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  for (let seen = 1; ends.exec(source) !== null; seen++) if (seen === line) return ends.lastIndex + column;
  return source.length;
}
