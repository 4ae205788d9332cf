/** Named memory with CPython on the other side, in every version that is at hand. */
import { ShareableList, SharedMemory, type ShareableValue } from '@manycore/shared';
import { AlreadyExistsError, NotFoundError } from '@manycore/core';
import { describe, expect, it } from 'vitest';
import { exists, freshName } from './names.js';
import { PythonMemory, pythons } from './python-memory.js';

const found = pythons();
if (found.size === 0) console.warn('python.test.ts is skipped: there is no CPython 3.8 or later (looked for python3 and in ~/.pyenv/versions).');

type Item = [kind: string, value: unknown];

/** Every kind of slot, and what Python says it is. */
const KINDS: [ShareableValue, Item][] = [
  [0, ['int', '0']],
  [-1, ['int', '-1']],
  [2 ** 53 - 1, ['int', '9007199254740991']],
  [2n ** 63n - 1n, ['int', '9223372036854775807']],
  [-(2n ** 63n), ['int', '-9223372036854775808']],
  [0.5, ['float', 0.5]],
  [ShareableList.float(3), ['float', 3]],
  [-1e-300, ['float', -1e-300]],
  [ShareableList.float(1e300), ['float', 1e300]],
  [true, ['bool', true]],
  [false, ['bool', false]],
  [null, ['none', null]],
  ['', ['str', '']],
  ['1234567', ['str', '1234567']],
  ['12345678', ['str', '12345678']],
  ['a\0b', ['str', 'a\0b']],
  [new Uint8Array(0), ['bytes', '']],
  [Uint8Array.of(0, 255, 1), ['bytes', '00ff01']],
  [new Uint8Array(16).fill(7), ['bytes', '07'.repeat(16)]],
];
const values = KINDS.map(([value]) => value);
const items = KINDS.map(([, item]) => item);
/** As this side reads them. */
const read = values.map((value) => (typeof value === 'object' && value !== null && 'value' in value ? value.value : value));

describe.skipIf(found.size === 0).each([...found])('CPython %s', (version, python) => {
  const isOld = version === '3.8';

  it('reads what was written here, and the other way round, under one name', async () => {
    await using peer = new PythonMemory(python);
    using memory = new SharedMemory({ name: freshName(), create: true, size: 10_001 });
    memory.buf.set([1, 2, 3], 9_998);
    const { name } = memory;
    expect(await peer.ask('attach', { name })).toEqual([name, 10_001]);
    expect(await peer.ask('read', { name, from: 9_997 })).toBe('00010203');
    await peer.ask('write', { name, at: 5, hex: 'c0ffee' });
    expect([...memory.buf.subarray(4, 9)]).toEqual([0, 0xc0, 0xff, 0xee, 0]);
    await peer.ask('close', { name });
    memory.unlink();
    await expect(peer.ask('attach', { name })).rejects.toThrow('FileNotFoundError');
  });

  it('makes segments that are found here, refuses names that exist, and removes what was made here', async () => {
    await using peer = new PythonMemory(python);
    const name = freshName();
    expect(await peer.ask('create', { name, size: 5000, hex: '0a0b0c' })).toBe(5000);
    using memory = new SharedMemory({ name, size: 1 });
    expect(memory.size).toBe(5000);
    expect(memory.buf.length).toBe(5000);
    expect([...memory.buf.subarray(0, 4)]).toEqual([10, 11, 12, 0]);
    memory.buf[4999] = 9;
    expect(await peer.ask('read', { name, from: 4998 })).toBe('0009');
    expect(() => new SharedMemory({ name, create: true, size: 1 })).toThrow(AlreadyExistsError);
    await peer.ask('unlink', { name });
    expect(() => memory.unlink()).toThrow(NotFoundError);
    expect(() => new SharedMemory({ name })).toThrow(NotFoundError);
    expect(await peer.ask('read', { name, to: 3 })).toBe('0a0b0c');
    using own = new SharedMemory({ name, create: true, size: 1 });
    await expect(peer.ask('create', { name, size: 1, hex: '' })).rejects.toThrow('FileExistsError');
    await peer.ask('unlink', { name });
    expect(() => own.unlink()).toThrow(NotFoundError);
    expect(exists(name)).toBe(false);
  });

  it('sees changes at the same moment: two hundred answers without a message', async () => {
    await using peer = new PythonMemory(python);
    using memory = new SharedMemory({ create: true, size: 64 });
    const { name, buf } = memory;
    await peer.ask('attach', { name });
    const answered = peer.ask('answer', { name, rounds: 200 });
    answered.catch(() => undefined);
    const deadline = performance.now() + 20_000;
    for (let number = 1; number <= 200; number++) {
      Atomics.store(buf, 0, number % 256);
      while (Atomics.load(buf, 1) !== number % 256) {
        if (performance.now() > deadline) throw new Error(`no answer to ${number}`);
      }
      expect(buf[2 + (number % 8)]).toBe((number * 7) % 256);
    }
    await answered;
    memory.unlink();
  });

  it('has lists that are read here, every kind of item', async () => {
    await using peer = new PythonMemory(python);
    const name = freshName();
    await peer.ask('list_create', { name, items });
    const list = new ShareableList(undefined, { name });
    expect([...list]).toEqual(read);
    expect(list.length).toBe(items.length);
    expect(list.format).toBe('qqqqqddddxxxxxxx?xxxxxxx?xxxxxx?x8s8s16s8s8s8s24s');
    list.shm.unlink();
  });

  it.skipIf(isOld)('reads lists that were made here, every kind of item', async () => {
    await using peer = new PythonMemory(python);
    const list = new ShareableList(values, { name: freshName() });
    const { name } = list.shm;
    expect(await peer.ask('list_attach', { name })).toEqual([items.length, list.format]);
    expect(await peer.ask('list_items', { name })).toEqual(items);
    list.shm.unlink();
  });

  it.skipIf(isOld)('makes of the same values the very same bytes', async () => {
    await using peer = new PythonMemory(python);
    const list = new ShareableList(values);
    const name = freshName();
    await peer.ask('list_create', { name, items });
    expect(Buffer.from(list.shm.buf).toString('hex')).toBe(await peer.ask('list_bytes', { name }));
    const empty = new ShareableList();
    const emptyName = freshName();
    await peer.ask('list_create', { name: emptyName, items: [] });
    expect(Buffer.from(empty.shm.buf).toString('hex')).toBe(await peer.ask('list_bytes', { name: emptyName }));
    for (const made of [name, emptyName]) await peer.ask('unlink', { name: made });
    for (const made of [list, empty]) made.shm.unlink();
  });

  it('sees items replaced in place by every other kind, and replaces them, in a list that either side made', async () => {
    await using peer = new PythonMemory(python);
    const start: Item[] = [['str', '0123456789'], ['int', '1']];
    for (const maker of isOld ? ['python'] : ['python', 'node']) {
      const name = freshName();
      if (maker === 'python') await peer.ask('list_create', { name, items: start });
      const list = maker === 'python' ? new ShareableList(undefined, { name }) : new ShareableList(['0123456789', 1], { name });
      if (maker === 'node') await peer.ask('list_attach', { name });
      for (const [i, [value, item]] of KINDS.entries()) {
        list.set(0, value);
        expect((await peer.ask<Item[]>('list_items', { name }))[0]).toEqual(item);
        list.set(0, null);
        await peer.ask('list_set', { name, index: 0, item });
        expect(list.at(0)).toEqual(read[i]);
        expect(await peer.ask('list_items', { name })).toEqual([item, ['int', '1']]);
        expect(list.at(1)).toBe(1);
      }
      await expect(peer.ask('list_set', { name, index: 0, item: ['str', 'x'.repeat(17)] })).rejects.toThrow('exceeds available storage');
      list.shm.unlink();
    }
  });

  it.skipIf(isOld)('never reads half of a number while this side changes it; this side may read the 0 with which CPython begins', async () => {
    await using peer = new PythonMemory(python);
    const rounds = 5000;
    const list = new ShareableList([0, 0, 'x'], { name: freshName() });
    const { name } = list.shm;
    await peer.ask('list_attach', { name });
    const counted = peer.ask('list_count', { name, rounds });
    counted.catch(() => undefined);
    let seen = 0;
    for (let number = 1; number <= rounds; number++) {
      list.set(1, number);
      const other = list.at(0) as number;
      if (other !== 0) {
        expect(other).toBeGreaterThanOrEqual(seen);
        seen = other;
      }
    }
    expect(await counted).toBeLessThanOrEqual(rounds);
    expect(list.at(0)).toBe(rounds);
    list.shm.unlink();
  });
});
