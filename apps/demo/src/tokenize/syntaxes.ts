/** How each family of languages writes comments, strings and words. */

import { C_FAMILY_WORDS, DASH_WORDS, LISP_WORDS, SCRIPT_WORDS } from './reserved-words.js';
import type { Syntax } from './scanner.js';

const DOUBLE_QUOTED = '"(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n])*"?';
const SINGLE_QUOTED = "'(?:[^'\\\\\\r\\n]|\\\\[^\\r\\n])*'?";
/** A character, not the beginning of a lifetime (Rust) or of a digit group (C++). */
const CHARACTER = "'(?:[^'\\\\\\r\\n]|\\\\[^'\\r\\n]{1,10}|\\\\')'";
const WORD = '[\\p{ID_Start}_]\\p{ID_Continue}*';
/** A `#` that begins a word: `$#`, `${x#y}` and `a#b` are no comments. */
const HASH_AT_WORD = '(?<![^\\s])#';

const SLASH_BLOCK = { open: '/\\*', close: '*/' };
const NESTED_SLASH_BLOCK = { ...SLASH_BLOCK, nests: '/*' };
const MARKUP_BLOCK = { open: '<!--', close: '-->' };
const TRIPLE_DOUBLE = { open: '"""', close: '"""', escapes: true };
const TRIPLE_SINGLE = { open: "'''", close: "'''", escapes: true };
const BACKTICK = { open: '`', close: '`' };

const cFamily: Syntax = {
  lineComments: ['//'],
  blockComments: [SLASH_BLOCK],
  strings: [DOUBLE_QUOTED, CHARACTER],
  identifier: WORD,
  reserved: C_FAMILY_WORDS,
};

const nestingC: Syntax = { ...cFamily, blockComments: [NESTED_SLASH_BLOCK], longStrings: [TRIPLE_DOUBLE] };

const script: Syntax = { lineComments: ['#'], strings: [DOUBLE_QUOTED, SINGLE_QUOTED], identifier: WORD, reserved: SCRIPT_WORDS };

export const SYNTAXES = {
  c: cFamily,
  go: { ...cFamily, longStrings: [BACKTICK] },
  rust: { ...cFamily, blockComments: [NESTED_SLASH_BLOCK], longStrings: [{ open: '\\br#"', close: '"#' }] },
  nesting: nestingC,
  php: { ...cFamily, identifier: `\\$?${WORD}`, lineComments: ['//', '#(?!\\[)'], strings: [DOUBLE_QUOTED, SINGLE_QUOTED] },
  css: { blockComments: [SLASH_BLOCK], strings: [DOUBLE_QUOTED, SINGLE_QUOTED] },
  scss: { lineComments: ['(?<!:)//'], blockComments: [SLASH_BLOCK], strings: [DOUBLE_QUOTED, SINGLE_QUOTED] },
  jsonc: { lineComments: ['//'], blockComments: [SLASH_BLOCK], strings: [DOUBLE_QUOTED, SINGLE_QUOTED] },
  python: { ...script, longStrings: [TRIPLE_DOUBLE, TRIPLE_SINGLE] },
  ruby: { ...script, blockComments: [{ open: '^=begin\\b', close: '\n=end' }] },
  perl: { ...script, lineComments: [HASH_AT_WORD], blockComments: [{ open: '^=[a-z]\\w*', close: '\n=cut' }] },
  shell: { ...script, lineComments: [HASH_AT_WORD] },
  powershell: { ...script, blockComments: [{ open: '<#', close: '#>' }] },
  hash: { lineComments: [HASH_AT_WORD], strings: [DOUBLE_QUOTED, SINGLE_QUOTED] },
  ini: { lineComments: ['^[ \\t]*[#;]'] },
  sql: {
    lineComments: ['--'],
    blockComments: [SLASH_BLOCK],
    longStrings: [{ open: "'", close: "'" }],
    strings: [DOUBLE_QUOTED],
    identifier: WORD,
    reserved: DASH_WORDS,
  },
  lua: {
    lineComments: ['--'],
    blockComments: [{ open: '--\\[\\[', close: ']]' }],
    longStrings: [{ open: '\\[\\[', close: ']]' }],
    strings: [DOUBLE_QUOTED, SINGLE_QUOTED],
    identifier: WORD,
    reserved: DASH_WORDS,
  },
  haskell: {
    lineComments: ['--'],
    blockComments: [{ open: '\\{-', close: '-}', nests: '{-' }],
    strings: [DOUBLE_QUOTED, CHARACTER],
    identifier: WORD,
    reserved: DASH_WORDS,
  },
  lisp: {
    lineComments: [';'],
    strings: [DOUBLE_QUOTED],
    identifier: '[\\p{ID_Start}_*+!?<>=][\\p{ID_Continue}*+!?<>=/-]*',
    reserved: LISP_WORDS,
  },
  percent: { lineComments: ['(?<!\\\\)%'], identifier: WORD },
  markup: { blockComments: [MARKUP_BLOCK] },
  batch: { lineComments: ['^[ \\t]*@?(?:[rR][eE][mM]\\b|::)'], identifier: WORD, reserved: SCRIPT_WORDS },
} as const satisfies Record<string, Syntax>;

export type SyntaxName = keyof typeof SYNTAXES;
