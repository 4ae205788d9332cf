import { SerializationError } from '@manycore/core';
import { carryContext, Pool } from '@manycore/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/context-tasks.mjs';
import { caught, METHODS } from './helpers.js';

const CARRY = { context: true };

/** Runs in a request of a tenant, and in a storage that nobody registered. */
const within = <R>(run: () => R): R => tasks.request.run('r1', () => tasks.tenant.run({ name: 't', since: new Date(0) }, () => tasks.unregistered.run(1, run)));

async function list<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe.each(METHODS)('the context of tasks, %s', (startMethod) => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool(2, { startMethod });
  });
  afterAll(() => pool.terminate());

  it('goes along with apply, for the storages that were registered', async () => {
    expect(await within(() => pool.apply(tasks.seen, [1], CARRY))).toEqual({ value: 1, request: 'r1', tenant: { name: 't', since: new Date(0) }, unregistered: undefined });
  });

  it('stays where it is without the option', async () => {
    const nothing = { value: 1, request: undefined, tenant: undefined, unregistered: undefined };
    expect(await within(() => pool.apply(tasks.seen, [1]))).toEqual(nothing);
    expect(await within(() => pool.apply(tasks.seen, [1], { context: false }))).toEqual(nothing);
    expect(await within(() => pool.map(tasks.seen, [1]))).toEqual([nothing]);
    // What cannot be sent is not looked at.
    expect(await tasks.request.run(() => 1, () => pool.apply(tasks.counted, [1, 2]))).toBe(2);
  });

  it('is no argument of the function, and there need not be one', async () => {
    expect(await within(() => pool.apply(tasks.counted, [1, 2], CARRY))).toBe(2);
    expect(await within(() => pool.apply(tasks.counted, undefined, CARRY))).toBe(0);
    expect(await pool.apply(tasks.counted, [1], CARRY)).toBe(1);
    expect(await within(() => pool.starmap(tasks.counted, [[1], [1, 2], []], CARRY))).toEqual([1, 2, 0]);
  });

  it('holds behind an await in the function, and for no other task', async () => {
    const results = [1, 2, 3, 4].map((i) => (i % 2 === 0 ? pool.apply(tasks.seenLater, [i]) : tasks.request.run(`r${i}`, () => pool.apply(tasks.seenLater, [i], CARRY))));
    expect(await Promise.all(results)).toEqual([[1, 'r1', 'r1'], [2, undefined, undefined], [3, 'r3', 'r3'], [4, undefined, undefined]]);
  });

  it('is that of the call, for all items of a map', async () => {
    const items = Array.from({ length: 500 }, (_, i) => i);
    const [one, other] = await Promise.all(['a', 'b'].map((name) => tasks.request.run(name, () => pool.map(tasks.seenLater, items, { ...CARRY, chunkSize: 100 }))));
    expect(one).toEqual(items.map((i) => [i, 'a', 'a']));
    expect(other).toEqual(items.map((i) => [i, 'b', 'b']));
  });

  it('is that of the call, for imap whose input is pulled later and whose items fail', async () => {
    const ordered = tasks.request.run('r', () => pool.imap(tasks.seenOrFail, [1, 2, 3], { ...CARRY, bufferSize: 1 }));
    expect(await ordered.next()).toEqual({ done: false, value: '1 in r' });
    await expect(ordered.next()).rejects.toThrow('in r');
    expect(await list(ordered)).toEqual(['3 in r']);
    const unordered = within(() => pool.imapUnordered(tasks.seenLater, [1, 2, 3, 4], { ...CARRY, chunkSize: 2 }));
    expect((await list(unordered)).toSorted()).toEqual([1, 2, 3, 4].map((i) => [i, 'r1', 'r1']));
  });

  it('is there in a nested call, which carries it on when it is asked to', async () => {
    expect(await within(() => pool.apply(tasks.nested, [1, true], CARRY))).toMatchObject({ request: 'r1', tenant: { name: 't' } });
    expect(await within(() => pool.apply(tasks.nested, [1, false], CARRY))).toMatchObject({ value: 1, request: undefined });
  });

  it('fails the call when it cannot be sent', async () => {
    const error = await caught(tasks.request.run({ close: () => 1 }, () => pool.apply(tasks.counted, [1], CARRY)));
    expect(SerializationError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain('close');
  });

  it('is checked early', () => {
    for (const context of [1, 'yes', null, {}]) {
      expect(() => pool.apply(tasks.counted, [], { context: context as never })).toThrow(TypeError);
      expect(() => pool.map(tasks.counted, [], { context: context as never })).toThrow(TypeError);
      expect(() => pool.imap(tasks.counted, [], { context: context as never })).toThrow(TypeError);
    }
  });
});

it('a chunk of imap that is lost fails as many items as it had, context or not', async () => {
  await using pool = new Pool(1);
  const results = tasks.request.run('r', () => pool.imap(tasks.die, [1, 2], { ...CARRY, chunkSize: 2 }));
  expect([await caught(results.next()), await caught(results.next())]).toMatchObject([{ signal: 'SIGKILL' }, { signal: 'SIGKILL' }]);
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

it('carryContext refuses what is no name or no storage, and gives the storage back', () => {
  expect(() => carryContext('', tasks.request)).toThrow(TypeError);
  expect(() => carryContext(1 as never, tasks.request)).toThrow(TypeError);
  expect(() => carryContext('x', {} as never)).toThrow(TypeError);
  expect(() => carryContext('x', null as never)).toThrow(TypeError);
  expect(carryContext('test.request', tasks.request)).toBe(tasks.request);
});
