import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameTarget } from '../../src/target/name.js';
import { Build, fixture, fixtureUrl, tsxLoader, type Outcome } from './build.js';

const { named: fixtureFunction } = (await import(fixtureUrl('target-tasks.mjs'))) as { named: (x: string) => string };

let build: Build;
beforeAll(async () => {
  build = await Build.make();
});
afterAll(() => build.remove());

/** Every outcome must be a name; calls each in a child with 'x'. */
async function callAll(outcomes: Record<string, Outcome>, execArgv: string[] = []): Promise<Record<string, unknown>> {
  const keys = Object.keys(outcomes);
  const results = await build.resolve(
    keys.map((key) => ({ name: outcomes[key]?.value, args: ['x'], isClass: key === 'class' })),
    execArgv,
  );
  return Object.fromEntries(keys.map((key, i) => [key, results[i]?.value ?? results[i]?.error?.message ?? outcomes[key]?.error?.message]));
}

describe('functions of imported modules', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await build.outcomes('target-imported.mjs');
  });

  test('every place where a function can be exported has a path', () => {
    const paths = Object.entries(outcomes).map(([key, { value, error }]) => [key, value?.path ?? error?.message]);
    expect(Object.fromEntries(paths)).toEqual({
      named: ['named'],
      renamed: ['renamed'],
      arrow: ['arrow'],
      default: ['default'],
      static: ['Tools', 'use'],
      property: ['api', 'plain'],
      deep: ['api', 'deep', 'plain'],
      anonymousProperty: ['default'],
      anonymousDeep: ['default'],
      cjs: ['named'],
      cjsThis: ['withThis'],
      cjsStatic: ['Tools', 'use'],
      cjsWhole: ['default'],
      class: ['Job'],
    });
  });

  test('a name carries the URL of the module that defines the function', () => {
    expect(outcomes['named']?.value).toMatchObject({
      kind: 'export',
      url: fixtureUrl('target-tasks.mjs'),
      isMain: false,
      match: 'identity',
    });
    expect(outcomes['cjs']?.value.url).toBe(fixtureUrl('target-tasks.cjs'));
  });

  test('a child finds each, and calls it with its class or object as this', async () => {
    expect(await callAll(outcomes)).toEqual({
      named: 'named x',
      renamed: 'renamed x',
      arrow: 'arrow x',
      default: 'default x',
      static: 'tool x',
      property: 'api x',
      deep: 'deep x',
      anonymousProperty: 'anonymous x',
      anonymousDeep: 'deep x',
      cjs: 'cjs x',
      cjsThis: 'exports x',
      cjsStatic: 'cjs Tools x',
      cjsWhole: 'whole x',
      class: 'job x',
    });
  });
});

describe('functions of the main script', () => {
  test('an ES main script under top-level await names its own exports without waiting for itself', async () => {
    const { exported, later, registered } = await build.outcomes('target-main.mjs');
    expect(exported?.value).toMatchObject({ url: fixtureUrl('target-main.mjs'), path: ['exported'], isMain: true, match: 'identity' });
    expect(later?.value).toMatchObject({ path: ['later', 'work'], isMain: true });
    expect(registered?.value).toMatchObject({ path: ['registered'], isMain: true });
    const called = await callAll({ exported: exported!, later: later!, registered: registered! });
    expect(called).toEqual({ exported: 'main x', later: 'later x', registered: 'registered x' });
  });

  test('a function it does not export, or a closure, is refused at once with file and line', async () => {
    const { notExported, inner } = await build.outcomes('target-main.mjs');
    expect(notExported?.error).toMatchObject({ class: 'TargetError', code: 'ERR_MANYCORE_TARGET' });
    expect(notExported?.error?.message).toContain(`notExported() (${fixture('target-main.mjs')}:9:21) is not exported`);
    expect(inner?.error?.message).toContain(`inner() (${fixture('target-main.mjs')}:14:24) is created inside outer()`);
  });

  test('a CommonJS main script names what it has exported, and what it is about to export', async () => {
    const early = await build.outcomes('target-main.cjs', ['early']);
    expect(early['early']?.value).toMatchObject({ path: ['early'], isMain: true, match: 'identity' });
    expect(early['work']?.value).toMatchObject({ path: ['work'], isMain: true, match: 'name' });
    expect(await callAll(early)).toEqual({ early: 'early x', work: 'cjs main x' });
    const later = await build.outcomes('target-main.cjs', []);
    expect(later['work']?.value).toMatchObject({ path: ['work'], match: 'identity' });
  });

  test('the main script of a worker thread is its own file', async () => {
    const { inWorker, named } = await build.outcomes('target-worker.mjs', ['start']);
    expect(inWorker?.value).toMatchObject({ url: fixtureUrl('target-worker.mjs'), path: ['inWorker'], isMain: true });
    expect(named?.value).toMatchObject({ path: ['named'], isMain: false });
  });

  test('a TypeScript main script is named by its own file, and a child under the same loader finds the function', async () => {
    const { typed, notExported } = await build.outcomes('target-typed.ts', [], ['--import', tsxLoader]);
    expect(typed?.value).toMatchObject({ url: fixtureUrl('target-typed.ts'), path: ['typed'], isMain: true });
    expect(notExported?.error?.message).toContain(`notExported() (${fixture('target-typed.ts')}:17:`);
    const [result] = await build.resolve([{ name: typed?.value, args: [{ n: 7 }, '!'] }], ['--import', tsxLoader]);
    expect(result).toEqual({ value: 'typed 7!' });
  });
});

describe('what cannot be named', () => {
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    outcomes = await build.outcomes('target-refusals.mjs');
  });
  const tasks = fixture('target-tasks.mjs');

  test.each([
    ['hidden', `hiddenFunction() (${tasks}:38:24) is not exported by its module`],
    ['closure', `closure() (${tasks}:42:26) is created inside makeClosure() and uses its variables`],
    ['method', `once() (${tasks}:20:7) is an instance method of Tools`],
    ['generator', 'generator() is a generator function'],
    ['class', 'Tools is a class'],
    ['native', 'max() is native code'],
    ['bound', 'bound named() is a bound function'],
    ['proxy', 'is a Proxy'],
    ['fromString', 'anonymous() was made from a string'],
    ['hiddenInCjs', `hiddenInCjs() (${fixture('target-tasks.cjs')}:14:44) is not exported by its module`],
    ['anonymous', `an anonymous function (${fixture('target-refusals.mjs')}:`],
  ])('%s is refused with its reason', (key, words) => {
    const { error, value } = outcomes[key] ?? {};
    expect(value).toBeUndefined();
    expect(error).toMatchObject({ class: 'TargetError', name: 'TargetError', code: 'ERR_MANYCORE_TARGET' });
    expect(error?.message).toContain(`new Process({ target }): `);
    expect(error?.message).toContain(words);
  });

  test('the message shows the ways out with the name of the function', () => {
    const message = outcomes['hidden']?.error?.message;
    expect(message).toContain('export function hiddenFunction(');
    expect(message).toContain(`export const hiddenFunction = task(import.meta, 'hiddenFunction', `);
    expect(message).toContain(
      `functionRef<typeof import('./target-tasks.mjs')>(new URL('./target-tasks.mjs', import.meta.url), 'hiddenFunction')`,
    );
    expect(message).toContain('inline(hiddenFunction');
  });

  test('what is no function is a TypeError that says what it is', () => {
    expect(outcomes['text']?.error).toMatchObject({
      class: 'TypeError',
      message: 'new Process({ target }): expected a function, got the string "resize"',
    });
    expect(outcomes['promise']?.error?.message).toContain('got a promise');
  });

  test('a public function of Node itself has a name', () => {
    expect(outcomes['builtin']?.value).toMatchObject({ url: 'node:fs', path: ['readFileSync'] });
  });
});

describe('without an inspector', () => {
  const permission = Number(process.versions.node.split('.')[0]) >= 22 ? '--permission' : '--experimental-permission';

  test('task() still works, and a plain ES function is refused with the reason and the ways out', async () => {
    const { stdout, code } = await build.run(fixture('target-main.mjs'), [], [permission, '--allow-fs-read=*']);
    expect(code).toBe(0);
    const outcomes = JSON.parse(stdout) as Record<string, Outcome>;
    expect(outcomes['registered']?.value).toMatchObject({ path: ['registered'] });
    expect(outcomes['exported']?.error).toMatchObject({ class: 'TargetError' });
    expect(outcomes['exported']?.error?.message).toMatch(
      /exported\(\) cannot be looked up, because the engine's inspector is not available here/,
    );
    expect(outcomes['exported']?.error?.message).toContain('task(import.meta');
    expect(outcomes['exported']?.error?.cause).toBeDefined();
  });
});

test('another inspector session keeps working, and is not made to pause', async () => {
  const { own, named, pauses, stillDebugging } = await build.outcomes('target-debugger.mjs');
  expect(own?.value).toMatchObject({ path: ['own'] });
  expect(named?.value).toMatchObject({ path: ['named'] });
  expect(pauses?.value).toBe(0);
  expect(stillDebugging?.value).toBe(true);
});

describe('in a program whose modules a test runner inlines', () => {
  test('a natively imported module is named as in any program', () => {
    expect(nameTarget(fixtureFunction, 'test')).toMatchObject({ url: fixtureUrl('target-tasks.mjs'), path: ['named'], match: 'identity' });
  });

  test('an export of an inlined module is named by its own file, and found although its text differs', async () => {
    const name = nameTarget(nameTarget, 'test');
    expect(name).toMatchObject({ url: new URL('../../src/target/name.ts', import.meta.url).href, path: ['nameTarget'], match: 'identity' });
    const [result] = await build.resolve([{ name, args: [null, 'call'] }], ['--import', tsxLoader]);
    expect(result?.error).toMatchObject({ name: 'TypeError', message: 'call: expected a function, got null' });
  });

  test('a function that is only local to a test file is refused', () => {
    function onlyHere(): number {
      return 1;
    }
    expect(() => nameTarget(onlyHere, 'test')).toThrow(/onlyHere\(\) \(.*name\.test\.ts.* is not exported|is created inside/);
  });

  test('a second look-up gives the very same name', () => {
    expect(nameTarget(fixtureFunction, 'test')).toBe(nameTarget(fixtureFunction, 'test'));
  });
});
