import { describe, expect, test } from 'vitest';
import { TargetError } from '../../src/errors.js';
import { functionRef } from '../../src/target/function-ref.js';
import { nameTarget } from '../../src/target/name.js';
import { task } from '../../src/target/task.js';
import { fixtureUrl } from './build.js';

interface Tasks {
  named(x: string): string;
  arrow(x: string): Promise<string>;
}

describe('task', () => {
  test('gives the same function back and names it without looking', () => {
    const fn = (x: number): number => x;
    expect(task({ url: 'file:///a/tasks.js' }, 'work', fn)).toBe(fn);
    expect(nameTarget(fn, 'test')).toMatchObject({ kind: 'export', url: 'file:///a/tasks.js', path: ['work'], isMain: false, match: 'identity' });
  });

  test('a bound function can be registered, as the child takes it from its own module', () => {
    const fn = task({ url: 'file:///a/bound.js' }, 'work', (() => 1).bind(null));
    expect(nameTarget(fn, 'test')).toMatchObject({ path: ['work'] });
  });

  test("a loader's own query is left out of the URL, the program's is kept", () => {
    const fn = task({ url: 'file:///a/tasks.ts?tsx-namespace=1&mode=x' }, 'work', () => 1);
    expect(nameTarget(fn, 'test')).toMatchObject({ url: 'file:///a/tasks.ts?mode=x' });
  });

  test.each<[string, unknown[], typeof TypeError | typeof TargetError]>([
    ['no module', [undefined, 'work', () => 1], TypeError],
    ['an empty name', [import.meta, '', () => 1], TypeError],
    ['no function', [import.meta, 'work', 'fn'], TypeError],
    ['a class', [import.meta, 'work', class {}], TargetError],
    ['a generator function', [import.meta, 'work', function* () {}], TargetError],
  ])('%s is refused', (_what, args, errorClass) => {
    expect(() => (task as (...args: unknown[]) => unknown)(...args)).toThrow(errorClass);
  });
});

describe('functionRef', () => {
  test('names the export and imports nothing until it is called', async () => {
    const named = functionRef<Tasks, 'named'>(new URL(fixtureUrl('target-tasks.mjs')), 'named');
    expect(nameTarget(named, 'test')).toMatchObject({ url: fixtureUrl('target-tasks.mjs'), path: ['named'] });
    expect(named.name).toBe('named');
    const result: string = await named('x');
    expect(result).toBe('named x');
    const missing = functionRef(new URL('file:///nowhere/tasks.mjs'), 'work' as never);
    expect(nameTarget(missing, 'test')).toMatchObject({ url: 'file:///nowhere/tasks.mjs' });
  });

  test('a call of a missing export rejects', async () => {
    const missing = functionRef<(x: number) => number>(fixtureUrl('target-tasks.mjs'), 'missing');
    await expect(missing(1)).rejects.toThrow(/has no export missing/);
  });

  test('types follow the module: exact with the name, any function of it without', async () => {
    const exact = functionRef<Tasks, 'arrow'>(fixtureUrl('target-tasks.mjs'), 'arrow');
    // @ts-expect-error -- the parameter is a string
    const wrong: Promise<unknown> = exact(1);
    await wrong;
    const loose = functionRef<Tasks>(fixtureUrl('target-tasks.mjs'), 'named');
    const value: string = await loose('y');
    expect(value).toBe('named y');
    // @ts-expect-error -- no such function
    functionRef<Tasks>(fixtureUrl('target-tasks.mjs'), 'other');
  });

  test('a relative URL or an empty name is refused', () => {
    expect(() => functionRef<() => void>('./tasks.js', 'work')).toThrow(/new URL\('\.\/tasks\.js', import\.meta\.url\)/);
    expect(() => functionRef<() => void>('/a/tasks.js', '')).toThrow(TypeError);
  });
});
