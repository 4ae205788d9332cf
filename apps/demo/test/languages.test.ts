import { expect, test } from 'vitest';
import { LANGUAGES, languageOf } from '../src/languages.js';

const nameOf = (path: string, source = ''): string => LANGUAGES[languageOf(path, source)]!.name;

test.each([
  ['a/b/index.mjs', 'JavaScript'],
  ['x.d.cts', 'TypeScript'],
  ['View.TSX', 'TSX'],
  ['dist/out.js.map', 'Source map'],
  ['LICENSE', 'Text'],
  ['README.md', 'Markdown'],
  ['CMakeLists.txt', 'CMake'],
  ['Makefile', 'Makefile'],
  ['.gitignore', 'Ignore list'],
  ['.npmrc', 'INI'],
  ['vec.hpp', 'C/C++ header'],
  ['what.is.this', 'Other text'],
  ['name-only', 'Other text'],
])('%s is %s by its name', (path, language) => {
  expect(nameOf(path)).toBe(language);
});

test.each([
  ['#!/usr/bin/env node\n', 'JavaScript'],
  ['#!/usr/bin/env -S python3 -u\n', 'Python'],
  ['#!/bin/sh\n', 'Shell'],
  ['#! /usr/local/bin/bash -e\n', 'Shell'],
  ['#!/opt/unheard-of\n', 'Other text'],
])('a file without an extension that begins %j is %s', (source, language) => {
  expect(nameOf('bin/tool', source)).toBe(language);
});

test('no extension, file name or interpreter belongs to two languages', () => {
  const claims = LANGUAGES.flatMap((entry) => [
    ...(entry.extensions ?? []).map((key) => `.${key}`),
    ...(entry.fileNames ?? []).map((key) => `name ${key}`),
    ...(entry.interpreters ?? []).map((key) => `#!${key}`),
  ]);
  expect(claims.filter((claim, index) => claims.indexOf(claim) !== index)).toEqual([]);
});
