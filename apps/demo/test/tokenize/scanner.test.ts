import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/languages.js';
import { tokenize } from '../../src/tokenize/tokenize.js';
import type { TokenizerName } from '../../src/tokenize/tokenize.js';

const count = (
  tokenizer: TokenizerName,
  source: string,
): { lines: [code: number, comment: number, blank: number]; identifiers: Record<string, number> } => {
  const { code, comment, blank, identifiers } = tokenize(source, { name: tokenizer, tokenizer });
  return { lines: [code, comment, blank], identifiers: Object.fromEntries(identifiers) };
};

const SAMPLES: [TokenizerName, string[], [number, number, number], Record<string, number>][] = [
  [
    'c',
    ['/* head', ' */', '#include <stdio.h>', '', 'int main(void) { // go', '  char c = \'"\'; puts("/* no */ // no");', '}'],
    [4, 2, 1],
    { stdio: 1, h: 1, main: 1, c: 1, puts: 1 },
  ],
  ['go', ['// doc', 'var raw = `', '// no', '`', '', 'func run() {}'], [4, 1, 1], { raw: 1, run: 1 }],
  [
    'rust',
    ['/* a /* nested', '*/ still */', "fn first<'a>(x: &'a str) {", "  let c = '\\'';", '  // end', '}'],
    [3, 3, 0],
    { first: 1, a: 2, x: 1, str: 1, c: 1 },
  ],
  ['php', ['<?php', '# old', '#[Attribute]', '// new', '$name = "x";'], [3, 2, 0], { php: 1, Attribute: 1, $name: 1 }],
  ['css', ['/* a', 'b */', 'a { color: red; }', '', 'b::after { content: "/* no */" }'], [2, 2, 1], {}],
  ['scss', ['// a', 'a { b: url(http://x); }'], [1, 1, 0], {}],
  ['jsonc', ['{', '  // a', '  "b": "// no" /* c */', '}'], [3, 1, 0], {}],
  ['python', ['# a', 'def run(x):', '    """doc', '    # no', '    """', '    return x  # b', ''], [5, 1, 0], { run: 1, x: 2 }],
  ['ruby', ['=begin', 'all of this', '=end', 'def run', '  "#{x}" # a', 'end'], [3, 3, 0], { run: 1 }],
  ['shell', ['#!/bin/sh', '# a', 'echo $# ${x#y} a#b', '', "echo '# no'"], [2, 2, 1], { echo: 2, x: 1, y: 1, a: 1, b: 1 }],
  ['hash', ['a: 1 # b', '# c', 'd: "# no"'], [2, 1, 0], {}],
  ['ini', ['; a', '  # b', 'c = d ; no', '', '[e]'], [2, 2, 1], {}],
  ['sql', ['-- a', "SELECT x FROM t WHERE n = 'it''s -- no'; /* b", '*/'], [1, 2, 0], { x: 1, t: 1, n: 1 }],
  ['lua', ['--[[ a', 'b ]]', 'local x = [[', '-- no', ']] -- c', '-- d'], [3, 3, 0], { x: 1 }],
  ['haskell', ['{- a {- b -}', '-}', "f' x = x -- c"], [1, 2, 0], { f: 1, x: 2 }],
  ['lisp', ['; a', '(define (sum-of x) x)'], [1, 1, 0], { 'sum-of': 1, x: 2 }],
  ['markup', ['<!-- a', '', 'b -->', '<p>c</p>', ''], [1, 3, 0], {}],
  ['batch', ['@rem a', ':: b', 'echo c'], [1, 2, 0], { echo: 1, c: 1 }],
  ['powershell', ['<# a', 'b #>', 'Get-Item x'], [1, 2, 0], { Get: 1, Item: 1, x: 1 }],
  ['percent', ['% a', 'fifty \\% of it'], [1, 1, 0], { fifty: 1, of: 1, it: 1 }],
  ['plain', ['# a', '', ' \t', 'b'], [2, 0, 2], {}],
];

test.each(SAMPLES)('%s is counted line by line', (tokenizer, source, lines, identifiers) => {
  expect(count(tokenizer, source.join('\n'))).toEqual({ lines, identifiers });
});

test('a comment or string that is never closed reaches to the end', () => {
  expect(count('c', 'a /*\nb\n\nc').lines).toEqual([1, 3, 0]);
  expect(count('python', '"""\na').lines).toEqual([2, 0, 0]);
});

test('comments nested a hundred thousand deep are counted in linear time', () => {
  const depth = 100_000;
  expect(count('rust', `${'/*'.repeat(depth)}\n${'*/'.repeat(depth)}\nx`).lines).toEqual([1, 2, 0]);
});

describe('for any text', () => {
  const tokenizers = [...new Set(LANGUAGES.map((language) => language.tokenizer))];
  const pieces = fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    ' ',
    '\t',
    '/*',
    '*/',
    '//',
    '#',
    '--',
    '"',
    "'",
    '`',
    '"""',
    '<!--',
    '-->',
    '${',
    '}',
    '\\',
    'word',
    '1',
    ';',
    '\u2028',
    '=begin',
    '{-',
    '-}',
  );
  // As `fc.string({ unit: 'binary' })`, which makes a table of all characters first: that takes longer than all these tests.
  const wide = fc.array(fc.nat(0x10f7ff), { maxLength: 4 }).map((points) => String.fromCodePoint(...points.map((point) => (point < 0xd800 ? point : point + 0x800))));
  const texts = fc.array(fc.oneof(pieces, wide), { maxLength: 60 }).map((list) => list.join(''));

  test.each(tokenizers)('%s puts every line into exactly one of code, comment and blank', (tokenizer) => {
    fc.assert(
      fc.property(texts, (text) => {
        const ends = text.match(/\r\n?|\n/g)?.length ?? 0;
        const lines = text === '' || /[\r\n]$/.test(text) ? ends : ends + 1;
        const [code, comment, blank] = count(tokenizer, text).lines;
        expect(code + comment + blank).toBe(lines);
      }),
      { numRuns: 300 },
    );
  });
});
