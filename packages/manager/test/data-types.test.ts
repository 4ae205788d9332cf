import { inline, NotFoundError } from '@manycore/core';
import { Manager, ManagerError, type SyncManager } from '@manycore/manager';
import { caught } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { all } from './helpers.js';
import { descending, fails, increment, later, moveAll } from './fixtures/managers.mjs';

let manager: SyncManager;
beforeAll(async () => {
  manager = await Manager();
});
afterAll(() => manager.shutdown());

describe('dict', () => {
  it('is filled from a Map, an array of entries, an object or nothing', async () => {
    for (const source of [new Map([['a', 1]]), [['a', 1] as const], { a: 1 }]) expect(await (await manager.dict(source)).copy()).toEqual(new Map([['a', 1]]));
    expect(await (await manager.dict()).size()).toBe(0);
    expect(await caught(manager.dict([1] as never))).toBeInstanceOf(TypeError);
    expect(await caught(manager.dict(5 as never))).toBeInstanceOf(TypeError);
  });

  it('has what a Map has, by promises', async () => {
    const dict = await manager.dict<string, unknown>();
    expect(await dict.set('a', { deep: [1, new Date(5)] })).toBeUndefined();
    expect(await dict.get('a')).toEqual({ deep: [1, new Date(5)] });
    expect(await dict.get('b')).toBeUndefined();
    expect(await dict.get('b', 'fallback')).toBe('fallback');
    await dict.set('u', undefined);
    expect([await dict.has('a'), await dict.has('b'), await dict.has('u'), await dict.size()]).toEqual([true, false, true, 2]);
    expect(await dict.get('u', 'fallback')).toBeUndefined();
    expect([await dict.keys(), await dict.values(), await dict.entries()]).toEqual([['a', 'u'], [{ deep: [1, new Date(5)] }, undefined], [['a', { deep: [1, new Date(5)] }], ['u', undefined]]]);
    expect([await dict.delete('a'), await dict.delete('a')]).toEqual([true, false]);
    await dict.clear();
    expect(await dict.snapshot()).toEqual(new Map());
  });

  it('takes any primitive as a key, also names of Object.prototype, and no object', async () => {
    const dict = await manager.dict<unknown, number>();
    const keys = ['__proto__', 'constructor', 1, 1n, true, null, undefined, NaN];
    for (const [i, key] of keys.entries()) await dict.set(key, i);
    for (const [i, key] of keys.entries()) expect(await dict.get(key)).toBe(i);
    expect(await caught(dict.set({}, 1))).toBeInstanceOf(TypeError);
    expect(await caught(dict.update([['good', 1], [{}, 2]]))).toBeInstanceOf(TypeError);
    expect(await dict.has('good')).toBe(false);
  });

  it('has what a Python dict has beyond that', async () => {
    const dict = await manager.dict<string, number>({ a: 1, b: 2 });
    await dict.update({ b: 3, c: 4 });
    await dict.update(new Map([['d', 5]]));
    await dict.update(new Set([['e', 6] as const]));
    expect([await dict.pop('a'), await dict.pop('a', 'none'), await dict.popItem(), await dict.setDefault('x', 7), await dict.setDefault('x', 8)]).toEqual([1, 'none', ['e', 6], 7, 7]);
    expect(await caught(dict.pop('a'))).toBeInstanceOf(NotFoundError);
    await dict.clear();
    expect(await caught(dict.popItem())).toBeInstanceOf(NotFoundError);
  });

  it('is iterated over by entries, however many there are', async () => {
    const dict = await manager.dict<number, number>(Array.from({ length: 1000 }, (_, i) => [i, i * i] as const));
    let sum = 0;
    for await (const [key, value] of dict) {
      expect(value).toBe(key * key);
      sum += key;
    }
    expect(sum).toBe(499_500);
  });

  it('modify is atomic, also with a function that returns a promise, and changes nothing when it throws', async () => {
    const dict = await manager.dict<string, number>();
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => dict.modify('n', i % 2 === 0 ? increment : later)));
    expect(results).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(await dict.modify('n', inline((old: number | undefined) => (old ?? 0) * by, { by: 3 }))).toBe(60);
    expect(await caught(dict.modify('n', fails))).toMatchObject({ name: 'RangeError', message: 'in the server' });
    expect(await dict.get('n')).toBe(60);
    expect(await caught(dict.modify('n', 5 as never))).toBeInstanceOf(TypeError);
  });

  it('watch tells of the changes after the call, of one key or all', async () => {
    const dict = await manager.dict<string, number>({ a: 0 });
    const all = dict.watch();
    const one = dict.watch('b');
    await dict.set('a', 1);
    await dict.set('b', 2);
    await dict.modify('a', increment);
    await dict.delete('a');
    await dict.delete('a');
    await dict.clear();
    const changes = [
      { type: 'set', key: 'a', value: 1 },
      { type: 'set', key: 'b', value: 2 },
      { type: 'set', key: 'a', value: 2 },
      { type: 'delete', key: 'a' },
      { type: 'clear' },
    ];
    for (const change of changes) expect(await all.next()).toEqual({ done: false, value: change });
    for (const change of [changes[1], changes[4]]) expect(await one.next()).toEqual({ done: false, value: change });
    const waiting = one.next();
    await one.return!();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await one.next()).toEqual({ done: true, value: undefined });
  });

  it('watch ends with its signal', async () => {
    const dict = await manager.dict();
    const abort = new AbortController();
    const watching = (async () => {
      for await (const _ of dict.watch(undefined, { signal: abort.signal }));
    })();
    await dict.set('a', 1);
    abort.abort(new Error('enough'));
    expect(await caught(watching)).toMatchObject({ message: 'enough' });
    expect(await caught(dict.watch('x', { signal: abort.signal }).next())).toMatchObject({ message: 'enough' });
  });

  it('watch fails when more changes came than it keeps', async () => {
    const dict = await manager.dict<number, number>();
    const changes = dict.watch(undefined, { bufferSize: 2 });
    for (let i = 0; i < 3; i++) await dict.set(i, i);
    expect(await caught(changes.next())).toBeInstanceOf(ManagerError);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
    expect(await caught(dict.watch(1, { bufferSize: 0 }).next())).toBeInstanceOf(RangeError);
  });
});

describe('list', () => {
  it('has what an array and a Python list have, by promises', async () => {
    const list = await manager.list([1, 2]);
    expect(await list.push(3, 4)).toBe(4);
    await list.append(5);
    await list.extend(new Set([6, 7]));
    await list.insert(0, 0);
    await list.insert(-1, 6.5);
    await list.insert(100, 8);
    expect(await list.copy()).toEqual([0, 1, 2, 3, 4, 5, 6, 6.5, 7, 8]);
    expect([await list.at(0), await list.at(-1), await list.length()]).toEqual([0, 8, 10]);
    await list.set(-1, 9);
    expect([await list.pop(), await list.pop(0), await list.slice(1, -5), await list.slice()]).toEqual([9, 0, [2, 3], [1, 2, 3, 4, 5, 6, 6.5, 7]]);
    await list.reverse();
    expect(await list.snapshot()).toEqual([7, 6.5, 6, 5, 4, 3, 2, 1]);
    await list.clear();
    expect(await list.length()).toBe(0);
  });

  it('finds values by what is in them', async () => {
    const list = await manager.list<unknown>([{ a: 1 }, 'x', { a: 1 }]);
    expect([await list.indexOf({ a: 1 }), await list.count({ a: 1 }), await list.indexOf('y')]).toEqual([0, 2, -1]);
    await list.remove({ a: 1 });
    expect(await list.copy()).toEqual(['x', { a: 1 }]);
    expect(await caught(list.remove('y'))).toBeInstanceOf(NotFoundError);
    const [one, other] = [await manager.dict(), await manager.dict()];
    await list.push(one, other);
    expect([await list.indexOf(other), await list.count(one)]).toEqual([3, 1]);
  });

  it('refuses indexes outside of it', async () => {
    const list = await manager.list([1]);
    for (const call of [list.at(1), list.at(-2), list.set(1, 0), list.pop(5)]) expect(await caught(call)).toBeInstanceOf(RangeError);
    expect(await caught(list.at('0' as never))).toBeInstanceOf(TypeError);
    await list.pop();
    expect(await caught(list.pop())).toBeInstanceOf(RangeError);
  });

  it('sorts by value, or as told', async () => {
    const list = await manager.list([10, 9, 1]);
    await list.sort();
    expect(await list.copy()).toEqual([1, 9, 10]);
    await list.sort(descending);
    expect(await list.copy()).toEqual([10, 9, 1]);
    await list.sort(inline((a: number, b: number) => a - b));
    expect(await list.copy()).toEqual([1, 9, 10]);
    expect(await caught(list.sort(fails as (a: number, b: number) => number))).toBeInstanceOf(RangeError);
    expect(await list.copy()).toEqual([1, 9, 10]);
    expect(await list.transact(moveAll)).toBe(3);
    expect(await list.length()).toBe(0);
  });

  it('is iterated over', async () => {
    const items = Array.from({ length: 200 }, (_, i) => i);
    expect(await all(await manager.list(items))).toEqual(items);
  });
});

describe('set, Namespace, Value, Array', () => {
  it('a set has each member once', async () => {
    const set = await manager.set([1, 2, 2]);
    await set.add(2);
    await set.add(3);
    expect([await set.has(1), await set.delete(1), await set.delete(1), await set.size(), await set.values()]).toEqual([true, true, false, 2, [2, 3]]);
    expect(await caught(set.add({} as never))).toBeInstanceOf(TypeError);
    expect(await all(set)).toEqual([2, 3]);
    await set.clear();
    expect([await set.copy(), await set.snapshot()]).toEqual([new Set(), new Set()]);
  });

  it('a namespace has names, whatever they are', async () => {
    const ns = await manager.Namespace({ a: 1 });
    await ns.set('x', 1);
    await ns.set('__proto__', 2);
    expect([await ns.get('a'), await ns.get('x'), await ns.get('__proto__'), await ns.get('toString'), await ns.has('x')]).toEqual([1, 1, 2, undefined, true]);
    expect([await ns.delete('x'), await ns.delete('x'), await ns.get('x')]).toEqual([true, false, undefined]);
    expect(Object.entries(await ns.snapshot())).toEqual([['a', 1], ['__proto__', 2]]);
    expect(await caught(ns.set(1 as never, 1))).toBeInstanceOf(TypeError);
  });

  it('a value takes what its typecode takes', async () => {
    const value = await manager.Value('i', 5);
    expect(await value.get()).toBe(5);
    await value.set(-7);
    expect(await value.get()).toBe(-7);
    expect(await caught(value.set(2 ** 31))).toBeInstanceOf(RangeError);
    expect(await caught(manager.Value('nonsense' as never))).toBeInstanceOf(TypeError);
    expect(await value.transact(inline((held) => held.get()))).toBe(-7);
  });

  it('an array takes what its typecode takes', async () => {
    const array = await manager.Array('d', [1.5, 2.5, 3.5]);
    await array.set(-1, 4);
    expect([await array.at(0), await array.at(-1), await array.length(), await array.slice(1), await array.snapshot()]).toEqual([1.5, 4, 3, [2.5, 4], [1.5, 2.5, 4]]);
    expect(await all(array)).toEqual([1.5, 2.5, 4]);
    expect(await caught(array.at(3))).toBeInstanceOf(RangeError);
    expect(await (await manager.Array('i', 3)).slice()).toEqual([0, 0, 0]);
  });
});

declare const by: number;
