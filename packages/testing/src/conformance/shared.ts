/** Values, arrays and buffers in shared memory: the same memory wherever they arrive, kept as long as anybody has them, and given back when nobody does. */
import assert from 'node:assert/strict';
import { until } from '../delays.js';
import { collectGarbage } from '../garbage.js';
import type { Case, Env, Form } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { inTime, raise, raised, raisedSync, turnOfTheLoop } from './signals.js';

interface GuardedLike {
  getLock(): { readonly abandoned?: unknown; recover?(): void; acquireSync(): boolean };
  withLock<R>(fn: () => R | Promise<R>): Promise<R>;
  withLockSync<R>(fn: () => R): R;
  tryWithLock<R>(fn: () => R): R | undefined;
}

export interface ValueLike<V = number> extends GuardedLike {
  value: V;
  add(by: V): V;
  sub(by: V): V;
  xor(by: V): V;
  compareExchange(expected: V, replacement: V): V;
}

export interface ArrayLike extends GuardedLike {
  readonly view: Int32Array;
  readonly length: number;
  at(index: number): number;
  set(index: number, value: number): void;
}

/** What makes the objects under test. */
export interface SharedKit {
  value(type: string, init?: unknown): ValueLike;
  array(type: string, sizeOrElements: number | Iterable<number>): ArrayLike;
  buffer(bytes: number): Uint8Array;
  share<T extends ArrayBufferView>(view: T): T;
  /** Bytes charged to the budget of all processes together. */
  chargedBytes(): number;
}

const [READY, GO, NEVER] = [0, 1, 2];
const EACH = 2_000;
const LARGE = 32 * 2 ** 20;

async function addUnder(form: Form, value: ValueLike, times: number): Promise<void> {
  const once = (): number => (value.value += 1);
  for (let i = 0; i < times; i++) {
    if (form === 'promise') await value.withLock(async () => (await Promise.resolve(), once()));
    else if (form === 'blocked') value.withLockSync(once);
    else while (value.tryWithLock(once) === undefined);
  }
}

function addAtomically(small: ValueLike, byte: ValueLike, big: ValueLike<bigint>, times: number): void {
  for (let i = 0; i < times; i++) {
    small.add(1);
    byte.sub(1);
    big.add(2n ** 32n + 1n);
  }
}

/** @returns which of the places it was the first at. */
function claim(places: ArrayLike, values: ValueLike[], who: number): number[] {
  const won: number[] = [];
  for (const [i, value] of values.entries()) if (value.compareExchange(0, who) === 0) won.push(i);
  places.set(who, won.length);
  return won;
}

function answer(parcel: Parcel<ValueLike>): void {
  const value = opened(parcel);
  while (value.value !== 1);
  value.value = 2;
}

function answerInArray(parcel: Parcel<ArrayLike>): void {
  const array = opened(parcel);
  while (array.at(-1) !== 1);
  array.set(-1, 2);
}

/** Holds the lock for good, with the value half changed. */
function holdAndStay(value: ValueLike, board: Int32Array): void {
  value.getLock().acquireSync();
  value.value = 1;
  raise(board, READY);
  raisedSync(board, NEVER);
}

/** Doubles all elements, in place. */
function double(views: Iterable<Int32Array>): number {
  let count = 0;
  for (const view of views) {
    for (let i = 0; i < view.length; i++) view[i]! *= 2;
    count += view.length;
  }
  return count;
}

function keepAndRead(view: Uint8Array, board: Int32Array): number {
  raise(board, READY);
  raisedSync(board, GO);
  return view.reduce((sum, byte) => sum + byte, 0);
}

function keepAndStay(view: Uint8Array, board: Int32Array): void {
  raise(board, READY);
  raisedSync(board, NEVER);
  view[0] = 1;
}

export const sharedPrograms = { addUnder, addAtomically, claim, answer, answerInArray, holdAndStay, double, keepAndRead, keepAndStay };

const make = <T>(env: Env<SharedKit>, how: (kit: SharedKit) => T): T => how(env.make());

/** `sendableCase` over something that a kit makes. */
function sendable<T extends object>(title: string, how: (kit: SharedKit) => T, here: (made: T) => Promise<void>, there: (parcel: Parcel<T>) => void): Case<SharedKit> {
  const inner = sendableCase<T, []>((env) => env.make(), here, there);
  return { title: `${title} ${inner.title}`, run: (env) => inner.run({ ...env, make: () => how(env.make()) }) };
}

export const sharedCases = (): Case<SharedKit>[] => [
  sendable(
    'a value',
    (kit) => kit.value('i'),
    async (value) => {
      value.value = 1;
      await until(() => value.value === 2, { what: 'the answer' });
      value.value = 0;
    },
    answer,
  ),
  sendable(
    'an array',
    (kit) => kit.array('i', 3),
    async (array) => {
      array.set(2, 1);
      await until(() => array.view[2] === 2, { what: 'the answer' });
      array.view[2] = 0;
    },
    answerInArray,
  ),
  {
    title: 'loses no addition made under its lock, in any form, mixed',
    async run(env) {
      const value = make(env, (kit) => kit.value('i'));
      const others = (['promise', 'blocked', 'try', 'promise'] as const).map((form) => env.start(addUnder, form, value, EACH));
      await addUnder('promise', value, EACH);
      await Promise.all(others.map(({ result }) => result));
      assert.equal(value.value, 5 * EACH);
    },
  },
  {
    title: 'loses no atomic addition, of any width, without a lock',
    async run(env) {
      const [small, byte] = [make(env, (kit) => kit.value('i')), make(env, (kit) => kit.value('B'))];
      const big = make(env, (kit) => kit.value('q')) as unknown as ValueLike<bigint>;
      const times = 20 * EACH;
      const others = [1, 2, 3].map(() => env.start(addAtomically, small, byte, big, times));
      addAtomically(small, byte, big, times);
      await Promise.all(others.map(({ result }) => result));
      assert.deepEqual([small.value, byte.value, big.value], [4 * times, (256 - ((4 * times) % 256)) % 256, BigInt(4 * times) * (2n ** 32n + 1n)]);
    },
  },
  {
    title: 'lets one compareExchange of several succeed',
    async run(env) {
      const values = Array.from({ length: 200 }, () => make(env, (kit) => kit.value('h')));
      const places = make(env, (kit) => kit.array('i', 5));
      const others = [1, 2, 3].map((who) => env.start(claim, places, values, who));
      const won = [claim(places, values, 4), ...(await Promise.all(others.map(({ result }) => result as Promise<number[]>)))].flat();
      assert.deepEqual(won.sort((a, b) => a - b), values.map((_, i) => i));
      assert.equal(places.view.reduce((sum, n) => sum + n, 0), values.length);
      for (const { value } of values) assert.ok(value >= 1 && value <= 4);
    },
  },
  {
    title: 'passes the lock on when its holder dies, with what it had written, and says so',
    async run(env) {
      const value = make(env, (kit) => kit.value('i'));
      const board = env.board();
      const holder = env.start(holdAndStay, value, board);
      await raised(board, READY);
      const next = value.withLock(() => [value.value, value.getLock().abandoned !== undefined]);
      await holder.kill();
      assert.deepEqual(await inTime(next, 'the lock'), [1, true]);
      value.getLock().recover!();
    },
  },
  {
    title: 'travels as a reference with every view of an array, part or DataView, also several over one array',
    async run(env) {
      const array = make(env, (kit) => kit.array('i', [1, 2, 3, 4]));
      const { buffer } = array.view;
      assert.equal(await env.start(double, [array.view.subarray(1, 3), new Int32Array(buffer as ArrayBuffer, 12, 1)]).result, 3);
      assert.deepEqual([...array.view], [1, 4, 6, 8]);
      const copy = make(env, (kit) => kit.share(new Int32Array([5, 6])));
      assert.equal(await env.startGrandchild(double, new Set([copy])).result, 2);
      assert.deepEqual([...copy], [10, 12]);
    },
  },
  {
    title: 'keeps memory that only others hold, also after who made it has let go',
    async run(env) {
      const board = env.board();
      const start = (): { result: Promise<unknown> } => {
        const bytes = make(env, (kit) => kit.buffer(1000));
        bytes.fill(3);
        return env.start(keepAndRead, bytes.subarray(10), board);
      };
      const { result } = start();
      await raised(board, READY);
      collectGarbage();
      await turnOfTheLoop();
      raise(board, GO);
      assert.equal(await result, 990 * 3);
    },
  },
  {
    title: 'gives memory back when the last who holds it is killed',
    async run(env) {
      const kit = env.make();
      const before = kit.chargedBytes();
      const board = env.board();
      const victims = [0, 1].map(() => {
        const bytes = kit.buffer(LARGE);
        bytes[LARGE - 1] = 1;
        return env.start(keepAndStay, bytes, board);
      });
      await raised(board, READY, victims.length);
      // What earlier cases left may be given back meanwhile.
      assert.ok(kit.chargedBytes() > before + LARGE);
      await Promise.all(victims.map((victim) => victim.kill()));
      const collect = (): boolean => {
        collectGarbage();
        // Whoever allocates a large block looks for the dead, and gives back what they held.
        kit.buffer(1 << 20);
        return kit.chargedBytes() < before + LARGE;
      };
      await until(collect, { what: 'the memory of the dead to be given back' });
    },
  },
];
