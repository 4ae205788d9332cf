import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TargetError } from '../../src/errors.js';
import { fingerprintOf } from '../../src/target/fingerprint.js';
import { resolveClass, resolveTarget, resolveTargetBlocking } from '../../src/target/resolve.js';
import type { ExportName } from '../../src/target/target-name.js';
import { Build, fixtureUrl, type Outcome } from './build.js';

let build: Build;
let folder: string;
beforeAll(async () => {
  build = await Build.make();
  folder = await mkdtemp(join(tmpdir(), 'manycore-target-'));
});
afterAll(async () => {
  await build.remove();
  await rm(folder, { recursive: true, force: true });
});

const exported = (url: string, path: string[], more: Partial<ExportName> = {}): ExportName => ({
  kind: 'export',
  url,
  path,
  isMain: false,
  match: 'identity',
  ...more,
});

async function written(file: string, text: string): Promise<string> {
  await writeFile(join(folder, file), text);
  return pathToFileURL(join(folder, file)).href;
}

async function inChild(name: ExportName): Promise<Outcome> {
  const [outcome] = await build.resolve([{ name, args: ['x'] }]);
  return outcome!;
}

test('a missing module fails with its path and the original error as cause', async () => {
  const { error } = await inChild(exported(pathToFileURL(join(folder, 'missing.mjs')).href, ['work']));
  expect(error).toMatchObject({ class: 'TargetError', code: 'ERR_MANYCORE_TARGET', cause: { name: 'Error' } });
  expect(error?.message).toMatch(/^cannot import .*missing\.mjs, the module of work\(\), in process \d+: Error: Cannot find module/);
});

test('a syntax error in the module is told by its own message', async () => {
  const { error } = await inChild(exported(await written('broken.mjs', 'export const work = (;\n'), ['work']));
  expect(error?.cause).toEqual({ name: 'SyntaxError', message: `Unexpected token ';'` });
  expect(error?.message).toContain(`SyntaxError: Unexpected token ';'`);
});

test('an error thrown by the module itself is told by its own message', async () => {
  const { error } = await inChild(exported(await written('throws.mjs', `throw new RangeError('no database here');`), ['work']));
  expect(error?.class).toBe('TargetError');
  expect(error?.message).toContain('RangeError: no database here');
  expect(error?.cause).toEqual({ name: 'RangeError', message: 'no database here' });
});

test('a missing export fails with what the module does export', async () => {
  const { error } = await inChild(exported(fixtureUrl('target-default.mjs'), ['work']));
  expect(error?.message).toMatch(/target-default\.mjs has no export work in process \d+; it exports default\./);
});

test('an error of manycore thrown by the module is passed on as it is', async () => {
  const url = await written(
    'ours.mjs',
    `const { nameTarget } = await import(process.env.MANYCORE_TARGET_BUILD);\nnameTarget(Math.max, 'own call');`,
  );
  const { error } = await inChild(exported(url, ['work']));
  expect(error?.message).toMatch(/^own call: max\(\) is native code/);
});

test('a value that is no function, a class or a generator is refused', async () => {
  const url = await written('values.mjs', 'export const number = 1; export class C {} export function* g() {}');
  await expect(resolveTarget(exported(url, ['number']))).rejects.toThrow(/a value that is no function \(number\)/);
  await expect(resolveTarget(exported(url, ['C']))).rejects.toThrow(/C of .* is a class/);
  await expect(resolveTarget(exported(url, ['g']))).rejects.toThrow(/g of .* is a generator function/);
  await expect(resolveClass(exported(url, ['g']))).rejects.toThrow(TargetError);
});

test('inherited properties are never taken', async () => {
  const url = await written('proto.mjs', 'export const api = { f() {} };');
  for (const key of ['constructor', 'toString', '__proto__']) {
    await expect(resolveTarget(exported(url, ['api', key]))).rejects.toThrow(/has no export api\./);
  }
});

test('another function under the same path is refused, a copy with another text but the same name and parameters is taken', async () => {
  const url = await written('changed.mjs', 'export const work = (a, b) => a + b;');
  const print = (fn: Function, name = 'work'): ExportName => exported(url, ['work'], { fingerprint: { ...fingerprintOf(fn), name } });
  await expect(resolveTarget(print((a: number) => a))).rejects.toThrow(/exports under work another function/);
  const copy = await resolveTarget(print((first: number, second: number) => first + second));
  expect(copy(1, 2)).toBe(3);
});

test('a name that was only inferred needs the same text too', async () => {
  const url = await written('inferred.mjs', 'export const work = (a, b) => a + b;');
  const other = { ...fingerprintOf((a: number, b: number) => a * b), name: 'work' };
  await expect(resolveTarget(exported(url, ['work'], { match: 'name', fingerprint: other }))).rejects.toThrow(TargetError);
});

test('two functions of an anonymous default export that look the same cannot be told apart', async () => {
  const url = await written('twins.mjs', 'const make = () => ({ f: (x) => x });\nexport default { a: make(), b: make() };');
  const { default: twins } = (await import(/* @vite-ignore */ url)) as { default: { a: { f: Function } } };
  const name = exported(url, ['default'], { match: 'search', fingerprint: fingerprintOf(twins.a.f) });
  await expect(resolveTarget(name)).rejects.toThrow(/several that cannot be told apart \(default\.a\.f, default\.b\.f\)/);
});

test('task() with the name of another export is refused', async () => {
  const { misnamed } = await build.outcomes('target-misnamed.mjs');
  const [result] = await build.resolve([{ name: misnamed?.value, args: [] }]);
  expect(result?.error?.message).toMatch(/declares task\(import\.meta, 'exported', …\), but its export exported is another function/);
});

const declares = (...texts: string[]): string =>
  [`const { task } = await import(process.env.MANYCORE_TARGET_BUILD);`, ...texts.map((text) => `task(import.meta, 'work', ${text});`)].join('\n');

test('a task whose export a bundler has dropped is found all the same', async () => {
  const { value, error } = await inChild(exported(await written('bundle.mjs', declares('(x) => `bundled ${x}`')), ['work']));
  expect([value, error]).toEqual(['bundled x', undefined]);
});

test('of several tasks of one name the one is taken that was declared by the sender, and none if that was not told', async () => {
  const url = await written('twice.mjs', declares('(x) => `one ${x}`', '(x) => `two ${x}`'));
  const declared = fingerprintOf(eval('(x) => `two ${x}`') as Function);
  const [told, untold] = await build.resolve([
    { name: exported(url, ['work'], { declared }), args: ['x'] },
    { name: exported(url, ['work']), args: ['x'] },
  ]);
  expect(told?.value).toBe('two x');
  expect(untold?.error?.message).toMatch(/twice\.mjs declares several functions by task\(import\.meta, 'work', …\)/);
});

test('data: URLs are modules too', async () => {
  const work = await resolveTarget(exported('data:text/javascript,export const work = (x) => x * 2;', ['work']));
  expect(work(4)).toBe(8);
});

test('a blocked thread finds functions of modules of either kind, and says why it cannot load one', async () => {
  const esm = await written('blocking.mjs', 'export const api = { twice: (x) => x * 2 }; export default (x) => x + 1;');
  expect(resolveTargetBlocking(exported(esm, ['api', 'twice']))(4)).toBe(8);
  expect(resolveTargetBlocking(exported(esm, ['default']))(4)).toBe(5);
  const cjs = await written('blocking.cjs', 'module.exports = (x) => x - 1; module.exports.half = (x) => x / 2;');
  expect(resolveTargetBlocking(exported(cjs, ['default']))(4)).toBe(3);
  expect(resolveTargetBlocking(exported(cjs, ['half']))(4)).toBe(2);
  expect(() => resolveTargetBlocking(exported(cjs, ['none']))).toThrow(/has no export none/);
  const awaiting = await written('blocking-awaits.mjs', 'await null; export const f = () => 1;');
  expect(() => resolveTargetBlocking(exported(awaiting, ['f']))).toThrow(/top-level await/);
  expect((await resolveTarget(exported(awaiting, ['f'])))()).toBe(1);
  expect(() => resolveTargetBlocking(exported('data:text/javascript,export const f = () => 1;', ['f']))).toThrow(TargetError);
});
