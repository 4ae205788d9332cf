import { createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SerializationError } from '../../src/errors.js';
import { encode } from '../../src/transfer/encode.js';
import { portrait, refusal, roundTrip } from './round-trip.js';

const detached = new ArrayBuffer(8);
const viewOfDetached = new Uint8Array(detached);
structuredClone(detached, { transfer: [detached] });
const outside = (() => {
  const buffer = new (ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer)(16, { maxByteLength: 16 });
  const view = new Uint8Array(buffer, 8, 8);
  (buffer as unknown as { resize(bytes: number): void }).resize(4);
  return view;
})();
const settled = Promise.resolve(1);

test.each<[string, unknown, RegExp]>([
  ['a function', () => 1, /^args\.x is a function/],
  ['a class', class Foo {}, /^args\.x is a class/],
  ['a symbol', Symbol('s'), /^args\.x is a symbol/],
  ['a wrapped symbol', Object(Symbol('s')), /^args\.x is a Symbol object/],
  ['a Proxy of an object', new Proxy({}, {}), /^args\.x is a Proxy/],
  ['a Proxy of an array', new Proxy([], {}), /^args\.x is a Proxy/],
  ['a promise', settled, /^args\.x is a Promise; await it first/],
  ['a WeakMap', new WeakMap(), /^args\.x is an instance of WeakMap,/],
  ['a WeakSet', new WeakSet(), /^args\.x is an instance of WeakSet,/],
  ['a WeakRef', new WeakRef({}), /^args\.x is an instance of WeakRef,/],
  ['a FinalizationRegistry', new FinalizationRegistry(() => undefined), /^args\.x is an instance of FinalizationRegistry,/],
  ['a generator', (function* () {})(), /^args\.x is an instance of Generator,/],
  ['an async generator', (async function* () {})(), /^args\.x is an instance of AsyncGenerator,/],
  ['an array iterator', [1].values(), /^args\.x is an instance of Array Iterator,/],
  ['a map iterator', new Map().keys(), /^args\.x is an instance of Map Iterator,/],
  ['foreign shared memory', new SharedArrayBuffer(8), /^args\.x .*SharedArrayBuffer of this process/],
  ['a view on foreign shared memory', new Int32Array(new SharedArrayBuffer(8)), /^args\.x .*SharedArrayBuffer of this process/],
  ['a detached buffer', detached, /^args\.x .*detached/],
  ['a view on a detached buffer', viewOfDetached, /^args\.x .*detached/],
  ['a view outside of its buffer', outside, /^args\.x .*outside/],
  ['a key', createSecretKey(Buffer.alloc(16)), /^args\.x is an instance of SecretKeyObject,/],
  ['a Blob', new Blob(['x']), /^args\.x is an instance of Blob,/],
  ['a URL', new URL('http://example.org'), /^args\.x is an instance of URL,/],
  ['headers', new Headers(), /^args\.x is an instance of Headers,/],
  ['an abort signal', AbortSignal.abort(), /^args\.x is an instance of AbortSignal,/],
  ['a stream', new ReadableStream(), /^args\.x is an instance of ReadableStream,/],
  ['a formatter', new Intl.NumberFormat(), /^args\.x is an instance of NumberFormat,/],
  ['an instance of a subclass of Promise', new (class Task extends Promise<number> {})(() => undefined), /^args\.x is a Promise/],
])('%s is refused with the path to it', (_, value, expected) => {
  const error = refusal({ x: value });
  expect(error).toBeInstanceOf(SerializationError);
  expect(error.message).toMatch(expected);
});

test('a message port is refused', () => {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  expect(refusal([port1]).message).toMatch(/^args\[0\] is an instance of MessagePort,/);
});

test('a module namespace is refused', () => {
  // Loaded by Node itself: the test runner wraps the namespaces of its own imports.
  const namespace: unknown = createRequire(import.meta.url)('./fixtures/shared-counter.mjs');
  expect(refusal(namespace).message).toMatch(/^args is a module namespace/);
});

test('an iterator helper is refused where there are any', ({ skip }) => {
  const helper = ([1].values() as { map?(f: (x: number) => number): object }).map?.((x) => x);
  if (helper === undefined) return skip('this Node has no iterator helpers');
  expect(refusal(helper).message).toMatch(/^args is an instance of Iterator Helper,/);
});

test('a Temporal value is refused where Temporal exists', ({ skip }) => {
  const { Temporal } = globalThis as { Temporal?: { Now: { instant(): unknown } } };
  if (Temporal === undefined) return skip('this Node has no Temporal');
  expect(refusal(Temporal.Now.instant()).message).toMatch(/^args is an instance of Instant,/);
});

describe('the path', () => {
  const f = (): void => undefined;
  test.each<[unknown, string]>([
    [f, 'args'],
    [[{ onClick: f }], 'args[0].onClick'],
    [{ 'odd key': [0, f] }, 'args["odd key"][1]'],
    [{ a: new Map<unknown, unknown>([[1, 1], ['key', { b: f }]]) }, 'args.a.get("key").b'],
    [new Map([[f, 1]]), 'args.keys()[0]'],
    [new Map([[{}, f]]), 'args.values()[0]'],
    [new Set([1, [f]]), 'args.values()[1][0]'],
    [Object.assign([1, 2], { extra: f }), 'args.extra'],
    [new (class Job { run = f; })(), 'args.run'],
    [{ deep: { enough: [1, { then: 'x' }], bad: f } }, 'args.deep.bad'],
  ])('of %o is %s', (value, path) => {
    expect(refusal(value).message.startsWith(`${path} is a function`)).toBe(true);
  });

  test('starts with the name the caller gives', () => {
    expect(() => encode([f], 'item')).toThrow('item[0] is a function');
  });

  test('is right again after a refusal', () => {
    refusal({ a: { b: { c: f } } });
    expect(refusal([f]).message).toMatch(/^args\[0\] /);
  });
});

test('values of another realm are sent by what they are', () => {
  const foreign = runInNewContext(
    '({ list: [1, , 3], map: new Map([[1, /x/g]]), date: new Date(5), error: new TypeError("t"), bytes: new Uint8Array(3) })',
  ) as {
    error: Error;
  };
  const received = roundTrip(foreign);
  expect(received.error).toBeInstanceOf(TypeError);
  expect(received.error.message).toBe('t');
  const { error: _sent, ...rest } = foreign;
  const { error: _received, ...receivedRest } = received;
  expect(portrait(receivedRest)).toBe(portrait(structuredClone(rest)));
});

test('nesting deeper than the stack is a SerializationError, and the codec works afterwards', () => {
  let deep: unknown[] = [];
  for (let i = 0; i < 200_000; i++) deep = [deep];
  const error = refusal(deep);
  expect(error).toBeInstanceOf(SerializationError);
  expect(error.message).toMatch(/^args\[0\]\[0\].*nested too deeply/);
  expect(roundTrip([[1]])).toEqual([[1]]);
});

test('nesting of a thousand levels is sent', () => {
  let deep: unknown = 'end';
  for (let i = 0; i < 500; i++) deep = [{ deep }];
  expect(portrait(roundTrip(deep))).toBe(portrait(structuredClone(deep)));
});
