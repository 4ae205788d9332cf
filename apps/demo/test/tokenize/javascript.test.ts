import { expect, test } from 'vitest';
import { tokenizeJavaScript } from '../../src/tokenize/javascript.js';

const js = { jsx: false, types: false };
const count = (source: string, dialect = js): object => {
  const { identifiers, ...lines } = tokenizeJavaScript(source, dialect);
  return { ...lines, identifiers: Object.fromEntries(identifiers) };
};

test('lines are code, comment or blank, and reserved words are no identifiers', () => {
  const source = [
    '#!/usr/bin/env node',
    '// first',
    '',
    'const total = 1; // why',
    '/* one',
    '',
    '   two */',
    'export default total;',
    '',
  ].join('\n');
  expect(count(source)).toEqual({ code: 2, comment: 5, blank: 1, identifiers: { total: 2 } });
});

test('what looks like a comment in a string, a template or a regular expression is code', () => {
  const source = ["const a = '// no';", 'const b = `/*', '', '// no ${a} */`;', 'const c = /\\/\\/[/*]/g;'].join('\n');
  expect(count(source)).toEqual({ code: 5, comment: 0, blank: 0, identifiers: { a: 2, b: 1, c: 1 } });
});

test('a line that ends a comment and begins code is code', () => {
  expect(count('/* a\n b */ run()\n')).toEqual({ code: 1, comment: 1, blank: 0, identifiers: { run: 1 } });
});

test('the last line counts with and without a line feed, and CR LF is one line end', () => {
  expect(count('a')).toMatchObject({ code: 1, blank: 0 });
  expect(count('a\n')).toMatchObject({ code: 1, blank: 0 });
  expect(count('a\r\n\r\n// c\r\nb')).toMatchObject({ code: 2, comment: 1, blank: 1 });
  expect(count('')).toEqual({ code: 0, comment: 0, blank: 0, identifiers: {} });
});

test('types of TypeScript and private names are told apart', () => {
  const source = 'class Box<T> {\n  readonly #value: string;\n  get(): T { return this.#value as T; }\n}\n';
  expect(count(source, { jsx: false, types: true })).toMatchObject({ code: 4, identifiers: { Box: 1, T: 3, '#value': 2 } });
  expect(count('let readonly;')).toMatchObject({ identifiers: { readonly: 1 } });
});

test('text between tags is code, indentation between tags is blank', () => {
  const source = 'const v = (\n  <Box size={n}>\n    hello // there\n\n  </Box>\n);\n';
  expect(count(source, { jsx: true, types: false })).toEqual({
    code: 5,
    comment: 0,
    blank: 1,
    identifiers: { v: 1, Box: 2, size: 1, n: 1 },
  });
});

test('a word like constructor or __proto__ is counted like any other', () => {
  const { identifiers } = tokenizeJavaScript('a.constructor; a.__proto__; a.constructor', js);
  expect(identifiers.get('constructor')).toBe(2);
  expect(identifiers.get('__proto__')).toBe(1);
});
