import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { decode, encode } from '@manycore/core/internal';
import { Process } from '@manycore/process';
import { Queue } from '@manycore/queues';
import { SharedArray, struct, Value } from '@manycore/shared';
import { describe, expect, it } from 'vitest';
import { change, changeParts, makeOne, sendBack } from '../fixtures/struct-programs.mjs';

const Row = struct({ x: 'f64', big: 'i64', tag: ['u8', 4], name: ['c', 8], inner: { a: 'u8' }, list: [{ a: 'u8' }, 2], flags: ['?', 2] });
const CHANGED = { x: 2, big: 2n ** 40n, tag: [7, 8, 0, 0], name: 'changed', inner: { a: 3 }, list: [{ a: 0 }, { a: 4 }], flags: [true, false] };

const packed = (value: unknown): Uint8Array => {
  const { bytes, length } = encode(value, 'value');
  return Uint8Array.from(bytes.subarray(0, length));
};
const sent = <T>(value: T): T => {
  const message = Buffer.from(packed(value));
  return decode(message, 0, message.length) as T;
};

describe('an accessor that is sent', () => {
  it('is the same memory in another process, which has never heard of the struct', async () => {
    const array = new SharedArray(Row, [{}, { x: 1 }, {}]);
    const child = new Process({ target: change, args: [array.at(1)] }).start();
    await child.join();
    expect(child.exitCode).toBe(0);
    expect(array.slice()).toEqual([Row.plain(array.at(0)), CHANGED, Row.plain(array.at(2))]);
    expect(array.at(0).x).toBe(0);
  });

  it('is the same memory in another thread', async () => {
    const array = new SharedArray(Row, [{ x: 1 }]);
    const worker = new Worker(new URL('../fixtures/struct-programs.mjs', import.meta.url), { workerData: { message: packed(array.at(0)) } });
    await once(worker, 'message');
    await worker.terminate();
    expect(array.slice()).toEqual([CHANGED]);
  });

  it('shares nested structs and arrays too', async () => {
    const array = new SharedArray(Row, 2);
    const { tag, inner, flags } = array.at(1);
    const child = new Process({ target: changeParts, args: [tag, inner, flags] }).start();
    await child.join();
    expect(child.exitCode).toBe(0);
    expect(Row.plain(array.at(1))).toMatchObject({ tag: [9, 0, 0, 0], inner: { a: 10 }, flags: [false, true] });
  });

  it('comes back as an accessor of the same class, as do elements of an array that was sent', async () => {
    const array = new SharedArray(Row, [{ x: 5, name: 'five' }, {}]);
    const queue = new Queue<[ReturnType<typeof array.at>, object, boolean]>();
    new Process({ target: sendBack, args: [array as never, queue] }).start();
    const [back, plain, isSame] = await queue.get();
    expect([plain, isSame]).toEqual([{ ...Row.plain(array.at(0)) }, true]);
    expect(back.constructor === array.at(0).constructor).toBe(true);
    back.x += 1;
    expect(array.at(0).x).toBe(6);
  });

  it('is a copy when its memory cannot be shared', () => {
    const store = Row.store(new ArrayBuffer(Row.bytes), 0, 1);
    store.set(0, { x: 1, name: 'one' }, 'test');
    const copy = sent(store.get(0));
    store.get(0).x = 2;
    expect(copy).toMatchObject({ x: 1, name: 'one' });
    expect(copy.constructor === store.get(0).constructor).toBe(true);
  });

  it('of a Value arrives with its fields', () => {
    const value = new Value(Row, { x: 3 });
    expect(sent(value.value).x).toBe(3);
    const same = sent(value);
    same.value.x = 4;
    expect(value.value.x).toBe(4);
  });
});

describe('what claims to be one', () => {
  const forged = (change: (sentAs: { type: unknown; bytes: unknown }) => void): (() => unknown) => {
    // The codec's own reducer, with other data in it.
    const reducers = (globalThis as Record<symbol, unknown>)[Symbol.for('manycore.reducers@1')] as { byPrototype: WeakMap<object, { rebuild(data: unknown): unknown; reduce(value: unknown): { type: unknown; bytes: unknown } }> };
    const accessor = Row.store(new ArrayBuffer(Row.bytes), 0, 1).get(0);
    const reducer = reducers.byPrototype.get(Object.getPrototypeOf(accessor) as object)!;
    const data = reducer.reduce(accessor);
    change(data);
    return () => reducer.rebuild(data);
  };

  it('is refused with bytes of another length, none, unaligned ones, or another definition', () => {
    expect(forged(() => {})()).toMatchObject({ x: 0 });
    expect(forged((data) => (data.bytes = new Uint8Array(Row.bytes - 1)))).toThrow(/was received with 39 bytes at 0 instead of 40 aligned bytes/);
    expect(forged((data) => (data.bytes = new Uint8Array(new ArrayBuffer(Row.bytes + 8), 1, Row.bytes)))).toThrow(/at 1 instead of/);
    expect(forged((data) => (data.bytes = undefined))).toThrow(/was received with undefined/);
    expect(forged((data) => (data.type = { x: 'nonsense' }))).toThrow(TypeError);
  });
});

describe('a struct that is sent', () => {
  it('arrives as the same struct', async () => {
    expect(sent({ Row }).Row).toBe(Row);
    const queue = new Queue<[typeof Row, SharedArray<typeof Row>]>();
    new Process({ target: makeOne, args: [Row, queue] }).start();
    const [type, array] = await queue.get();
    expect(type).toBe(Row);
    expect(array.at(0).x).toBe(8);
    expect(array.at(0).constructor === new Value(Row).value.constructor).toBe(true);
  });
});
