import { afterEach, expect, test } from 'vitest';
import { isMainScript, mainScriptUrl, setMainScriptUrl } from '../../src/target/main-script.js';
import { displayPlace, importableUrl } from '../../src/target/place.js';

const before = mainScriptUrl();
afterEach(() => setMainScriptUrl(before));

test.each([
  ['file:///a/b.mjs', 'file:///a/b.mjs'],
  ['/a/b c#.cjs', 'file:///a/b%20c%23.cjs'],
  ['file:///a/b.ts?tsx-namespace=123', 'file:///a/b.ts'],
  ['file:///a/b.js?t=1763840000000&v=0a1b2c3d', 'file:///a/b.js'],
  ['file:///a/b.js?t=short&mode=x', 'file:///a/b.js?t=short&mode=x'],
  ['data:text/javascript,1', 'data:text/javascript,1'],
  ['node:fs', 'node:fs'],
  ['[eval]', undefined],
  ['REPL1', undefined],
  ['', undefined],
  ['file:///a/[eval1]', undefined],
])('the script %j is imported as %j', (script, url) => {
  expect(importableUrl(script)).toBe(url);
});

test('places count lines and columns from 1', () => {
  expect(displayPlace('file:///a/b.mjs', 0, 4)).toBe('/a/b.mjs:1:5');
});

test('a child takes the main script from its parent', () => {
  setMainScriptUrl('file:///program/main.mjs');
  expect(mainScriptUrl()).toBe('file:///program/main.mjs');
  expect(isMainScript('file:///program/main.mjs')).toBe(true);
  expect(isMainScript('file:///program/main.mjs.bak')).toBe(false);
  setMainScriptUrl(undefined);
  expect(mainScriptUrl()).toBeUndefined();
  expect(isMainScript('file:///program/main.mjs')).toBe(false);
});
