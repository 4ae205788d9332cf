import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TargetError } from '../../src/errors.js';
import { inline } from '../../src/target/inline.js';
import { nameTarget } from '../../src/target/name.js';
import { resolveTarget } from '../../src/target/resolve.js';
import { Build, fixture, fixtureUrl, tsxLoader, type Outcome } from './build.js';

let build: Build;
beforeAll(async () => {
  build = await Build.make();
});
afterAll(() => build.remove());

describe('in a child', () => {
  const results: Record<string, Outcome> = {};
  let here: unknown;
  beforeAll(async () => {
    const { here: calledInPlace, ...names } = await build.outcomes('target-inline.mjs');
    here = calledInPlace;
    const keys = Object.keys(names);
    const outcomes = await build.resolve(keys.map((key) => ({ name: names[key]?.value, args: [3] })));
    keys.forEach((key, i) => (results[key] = outcomes[i]!));
  });

  test('calls in place work as before', () => {
    expect(here).toBe(11);
  });

  test.each([
    ['captured', 13],
    ['named', 'done'],
    ['asynchronous', 'async 3'],
    ['short', 'short 3'],
    ['words', 'words 3'],
    ['reserved', 'deleted 3'],
    ['withFunction', 7],
    ['transpiled', [4, 'renamedInner']],
    ['relative', 'named 3'],
  ])('%s gives %j', (key, value) => {
    expect(results[key]).toEqual({ value });
  });

  test('a variable that was not captured is a ReferenceError', () => {
    expect(results['free']?.error).toMatchObject({ name: 'ReferenceError', message: 'base is not defined' });
  });

  test('stack frames are named by file and line of the inline() call, and count from the first line of the text', () => {
    expect(results['failing']?.error?.message).toContain(`inline(${fixture('target-inline.mjs')}:33):2:`);
  });
});

test('the text that a TypeScript loader made runs in a plain child, and its place is the line of the source', async () => {
  const { inlined } = await build.outcomes('target-typed.ts', [], ['--import', tsxLoader]);
  expect(inlined?.value.source).toContain('__name');
  expect(inlined?.value.at).toBe(`${fixtureUrl('target-typed.ts')}:24`);
  const [result] = await build.resolve([{ name: inlined?.value, args: [5] }]);
  expect(result).toEqual({ value: ['inner 5', 'inner'] });
});

test('one function can be sent with different captures', async () => {
  const scale = new Function('x', 'return x * factor;') as (x: number) => number;
  const texts = [2, 3].map((factor) => inline(scale, { factor }));
  const results = await Promise.all(texts.map(async (text) => (await resolveTarget(nameTarget(text, 'test')))(10)));
  expect(results).toEqual([20, 30]);
});

class Base {
  plain(): number {
    return 1;
  }
}
class Derived extends Base {
  override plain(): number {
    return super.plain();
  }
  get value(): number {
    return 1;
  }
}

test.each<[string, Function, RegExp]>([
  ['a class', Derived, /Derived\(\) is a class/],
  ['a bound function', (() => 1).bind(null), /is a bound function/],
  ['a native function', Math.max, /max\(\) is a native function/],
  ['a Proxy', new Proxy(() => 1, {}), /is a proxy function/],
  ['a generator', function* g() {}, /g\(\) is a generator function/],
  ['a method that uses super', Derived.prototype.plain, /plain\(\) cannot stand alone .*super/],
  ['a getter', Object.getOwnPropertyDescriptor(Derived.prototype, 'value')!.get!, /cannot stand alone/],
])('%s is refused', (_what, fn, words) => {
  expect(() => inline(fn as () => void)).toThrow(TargetError);
  expect(() => inline(fn as () => void)).toThrow(words);
});

test('no function at all is a TypeError', () => {
  expect(() => inline('x => x' as never)).toThrow(new TypeError('inline(fn): expected a function, got the string "x => x"'));
  expect(() => inline(() => 1, null as never)).toThrow(TypeError);
});

test.each(['a b', '1a', '', '__proto__', 'if', 'a } = {}; ({ b'])('the captured name %j is refused', (key) => {
  expect(() => inline(() => 1, Object.fromEntries([[key, 1]]))).toThrow(TargetError);
});

test('a captured function that is not inline is refused with a way out', () => {
  const helper = (): number => 1;
  expect(() => inline(() => helper(), { helper })).toThrow(/the captured helper is helper\(\).*Capture inline\(helper\)/);
});

test('an emitted warning is not swallowed while a text with import() is compiled', async () => {
  const seen: string[] = [];
  const listen = ({ message }: Error): void => void seen.push(message);
  process.on('warning', listen);
  const fn = inline(new Function(`return async () => (await import('node:path')).sep`)() as () => Promise<string>);
  process.emitWarning('of the program');
  expect(await (await resolveTarget(nameTarget(fn, 'test')))()).toMatch(/[\\/]/);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(seen).toEqual(['of the program']);
});
