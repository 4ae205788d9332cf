/** `Queue`: items of several producers for several consumers, none lost or doubled, and nobody waits for the dead. */
import assert from 'node:assert/strict';
import { blockedOf, waitingForms, type Cancellable, type Case, type Form, type Forms, type Soon, type Timed } from './contract.js';
import { checked, codeOf, item } from './messages.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, IN_TIME, raise, raised, raisedSync } from './signals.js';

export interface QueueLike extends AsyncIterable<unknown> {
  put(item: unknown, options?: Cancellable): Promise<void>;
  putSync(item: unknown, options?: Timed): void;
  putNowait(item: unknown): Soon<void>;
  putMany(items: Iterable<unknown>, options?: Cancellable): Promise<void>;
  putManySync(items: Iterable<unknown>, options?: Timed): void;
  get(options?: Cancellable): Promise<unknown>;
  getSync(options?: Timed): unknown;
  getNowait(): Soon<unknown>;
  getMany(max: number, options?: Cancellable): Promise<unknown[]>;
  getManySync(max: number, options?: Timed): unknown[];
  qsize(): Soon<number>;
  shutdown(options?: { immediate?: boolean }): Soon<void>;
}

type Options = [maxSize?: number];

const SHUT_DOWN = 'ERR_MANYCORE_QUEUE_SHUTDOWN';
const FULL = 'ERR_MANYCORE_QUEUE_FULL';
const EMPTY = 'ERR_MANYCORE_QUEUE_EMPTY';
const [READY, DONE, NEVER] = [0, 1, 2];
/** Three times all sizes; or each once, where items go through a server. */
const EACH = { all: 36, promises: 12 } as const;
/** More than the encoder keeps from one item to the next. Not much more: a new page costs more than all that is done with it. */
const LARGE = 5 * 2 ** 20;

async function produce(queue: QueueLike, from: number, count: number, form: Form): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (form === 'promise') await queue.put(item(from, i));
    else queue.putSync(item(from, i));
  }
}

/** @returns what it got until the queue was shut down and empty, `[from, i]` each. */
async function consume(queue: QueueLike, how: Form | 'iterate' | 'many' | 'manyPromises'): Promise<[number, number][]> {
  const seen: [number, number][] = [];
  if (how === 'iterate') {
    for await (const value of queue) seen.push(checked(value));
    return seen;
  }
  const code = await codeOf(async () => {
    for (;;) {
      if (how === 'promise') seen.push(checked(await queue.get()));
      else if (how === 'manyPromises') seen.push(...(await queue.getMany(7)).map((value) => checked(value)));
      else if (how === 'blocked') seen.push(checked(queue.getSync()));
      else seen.push(...queue.getManySync(7).map((value) => checked(value)));
    }
  });
  assert.equal(code, SHUT_DOWN);
  return seen;
}

async function putAndStay(queue: QueueLike, board: Int32Array, count: number, form: Form): Promise<void> {
  await produce(queue, 1, count, form);
  raise(board, READY);
  raisedSync(board, NEVER);
}

/** @returns with what its call ended: the error's code, or the item. */
async function wait(queue: QueueLike, board: Int32Array, call: 'get' | 'getSync' | 'getMany' | 'getManySync' | 'put' | 'putSync' | 'putMany' | 'iterate'): Promise<unknown> {
  raise(board, READY);
  let got: unknown;
  const code = await codeOf(async () => {
    if (call === 'put') await queue.put('put');
    else if (call === 'putSync') queue.putSync('put');
    else if (call === 'putMany') await queue.putMany(['put']);
    else if (call === 'get') got = await queue.get();
    else if (call === 'getSync') got = queue.getSync();
    else if (call === 'getMany') got = await queue.getMany(5);
    else if (call === 'getManySync') got = queue.getManySync(5);
    else for await (const value of queue) got = value;
  });
  raise(board, DONE);
  return code === 'none' ? got : code;
}

async function putAll(queue: QueueLike, count: number, form: Form): Promise<void> {
  const items = Array.from({ length: count }, (_, i) => i);
  if (form === 'promise') await queue.putMany(items);
  else queue.putManySync(items);
}

async function giveBack(queue: QueueLike, back: QueueLike, form: Form): Promise<void> {
  if (form === 'promise') await back.put(await queue.get());
  else back.putSync(queue.getSync());
}

async function shutDown(queue: QueueLike, immediate: boolean): Promise<void> {
  await queue.shutdown({ immediate });
}

async function putForEver(queue: QueueLike, from: number, board: Int32Array, form: Form): Promise<void> {
  for (let i = 0; ; i++) {
    if (form === 'promise') await queue.put(item(from, i, 300_000));
    else queue.putSync(item(from, i, 300_000));
    raise(board, READY);
  }
}

async function meet(parcel: Parcel<QueueLike>, board: Int32Array, form: Form): Promise<void> {
  const queue = opened(parcel);
  assert.equal(await queue.get(), 'from here');
  raise(board, DONE);
  if (form === 'promise') await queue.put('from there');
  else queue.putSync('from there');
}

export const queuePrograms = { produce, consume, putAndStay, wait, putAll, giveBack, shutDown, putForEver, meet };

/** The calls that wait. */
const GETS = { all: ['get', 'getSync', 'getMany', 'getManySync'], promises: ['get', 'getMany'] } as const;
const PUTS = { all: ['put', 'putSync', 'putMany'], promises: ['put', 'putMany'] } as const;

export function queueCases(forms: Forms = 'all'): Case<Soon<QueueLike>, Options>[] {
  const blocked = blockedOf(forms);
  const [gets, puts, each] = [GETS[forms], PUTS[forms], EACH[forms]];
  const get = (queue: QueueLike, options: Timed): unknown => (forms === 'all' ? queue.getSync(options) : queue.get(options));
  return [
    ...[0, 3].map((maxSize): Case<Soon<QueueLike>, Options> => ({
      title: `gives each item to one consumer, those of a producer in order (${maxSize === 0 ? 'unbounded' : `at most ${maxSize} items`})`,
      async run(env) {
        const queue = await env.make(maxSize);
        const producers = [env.start(produce, queue, 1, each, blocked), env.start(produce, queue, 2, each, 'promise')];
        const consumers = [env.start(consume, queue, blocked), env.start(consume, queue, 'iterate'), env.start(consume, queue, forms === 'all' ? 'many' : 'manyPromises')];
        const own = consume(queue, 'iterate');
        await produce(queue, 3, each, 'promise');
        for (const { result } of producers) await inTime(result, 'a producer', 3 * IN_TIME);
        await queue.shutdown();
        const times = new Map<string, number>();
        for (const seen of await inTime(Promise.all([own, ...consumers.map(({ result }) => result as Promise<[number, number][]>)]), 'the consumers', 3 * IN_TIME)) {
          const last = new Map<number, number>();
          for (const [from, i] of seen) {
            assert.ok(i > (last.get(from) ?? -1), `item ${i} of ${from} came after ${last.get(from)}`);
            last.set(from, i);
            times.set(`${from}.${i}`, (times.get(`${from}.${i}`) ?? 0) + 1);
          }
        }
        assert.equal(times.size, 3 * each);
        assert.ok([...times.values()].every((number) => number === 1), 'an item came twice');
      },
    })),
    {
      title: 'keeps every item whose put has returned when its producer is killed',
      async run(env) {
        for (const form of waitingForms(forms)) {
          const [queue, board] = [await env.make(), env.board()];
          const producer = env.start(putAndStay, queue, board, 24, form);
          await raised(board, READY);
          await producer.kill();
          assert.equal(await queue.qsize(), 24);
          for (let i = 0; i < 24; i++) assert.deepEqual(checked(i % 2 === 0 || forms === 'promises' ? await queue.get() : queue.getSync()), [1, i]);
          assert.equal(await codeOf(() => queue.getNowait()), EMPTY);
        }
      },
    },
    {
      title: 'gives items to those who live when getters that wait were killed',
      async run(env) {
        const [queue, board] = [await env.make(), env.board()];
        for (let round = 1; round <= 2; round++) {
          const victims = gets.map((call) => env.start(wait, queue, board, call));
          await raised(board, READY, (gets.length + 1) * round - 1);
          const survivor = env.start(wait, queue, board, round === 1 && forms === 'all' ? 'getSync' : 'get');
          const own = queue.get();
          await raised(board, READY, (gets.length + 1) * round);
          await aMoment();
          await Promise.all(victims.map((victim) => victim.kill()));
          await queue.putMany(['item', 'item']);
          assert.deepEqual(await inTime(Promise.all([own, survivor.result]), 'those who live'), ['item', 'item']);
        }
      },
    },
    {
      title: 'makes putters of a full queue wait, in every form, and lets them go on as items are taken, although others of them were killed',
      async run(env) {
        const [queue, board] = [await env.make(2), env.board()];
        await queue.putMany(['first', 'second']);
        assert.equal(await codeOf(() => queue.putNowait('third')), FULL);
        const victims = puts.slice(0, 2).map((call) => env.start(wait, queue, board, call));
        await raised(board, READY, 2);
        const putters = puts.map((call) => env.start(wait, queue, board, call));
        let isPut = false;
        const own = queue.put('own').then(() => (isPut = true));
        await raised(board, READY, 2 + puts.length);
        await aMoment();
        assert.deepEqual([board[DONE], isPut, await queue.qsize()], [0, false, 2]);
        await Promise.all(victims.map((victim) => victim.kill()));
        const got = [];
        while (got.length < 3 + puts.length) got.push(await inTime(queue.get(), `item ${got.length}`));
        await inTime(Promise.all([own, ...putters.map(({ result }) => result)]), 'the putters');
        assert.deepEqual([got.slice(0, 2), got.sort()], [['first', 'second'], ['first', 'own', ...puts.map(() => 'put'), 'second']]);
      },
    },
    {
      title: 'ends the waits of everybody everywhere when somebody shuts it down',
      async run(env) {
        const [empty, full, board] = [await env.make(), await env.make(1), env.board()];
        await full.put('inside');
        const getters = [...gets, 'iterate' as const].map((call) => env.start(wait, empty, board, call));
        const putters = puts.map((call) => env.start(wait, full, board, call));
        const own = [codeOf(() => empty.get()), codeOf(() => full.put('own'))];
        await raised(board, READY, gets.length + 1 + puts.length);
        await aMoment();
        await Promise.all([env.start(shutDown, empty, false).result, env.start(shutDown, full, false).result]);
        assert.deepEqual(await inTime(Promise.all(own), 'the event loop'), [SHUT_DOWN, SHUT_DOWN]);
        assert.deepEqual(await inTime(Promise.all(getters.map(({ result }) => result)), 'the getters'), [...gets.map(() => SHUT_DOWN), undefined]);
        assert.deepEqual(await inTime(Promise.all(putters.map(({ result }) => result)), 'the putters'), puts.map(() => SHUT_DOWN));
        assert.equal(await get(full, {}), 'inside');
        assert.equal(await codeOf(() => get(full, {})), SHUT_DOWN);
      },
    },
    {
      title: 'drops what is inside when it is shut down at once',
      async run(env) {
        const queue = await env.make();
        await queue.putMany([1, 2, 3]);
        await env.start(shutDown, queue, true).result;
        assert.deepEqual([await queue.qsize(), await codeOf(() => get(queue, {})), await codeOf(() => queue.put(4))], [0, SHUT_DOWN, SHUT_DOWN]);
      },
    },
    {
      title: 'brings items that were put together in order, as many at once as there are',
      async run(env) {
        for (const form of waitingForms(forms)) {
          for (const maxSize of [0, 10]) {
            const queue = await env.make(maxSize);
            const producer = env.start(putAll, queue, 1_000, form);
            const got: unknown[] = [];
            while (got.length < 1_000) {
              const some = form === 'blocked' || forms === 'promises' ? await inTime(queue.getMany(64), 'items') : queue.getManySync(64, { timeout: IN_TIME });
              // More than `maxSize` too: what is put while a batch is taken may come with it.
              assert.ok(some.length >= 1 && some.length <= 64, `${some.length} items at once`);
              got.push(...some);
            }
            assert.deepEqual(got, Array.from({ length: 1_000 }, (_, i) => i));
            await producer.result;
          }
        }
      },
    },
    {
      title: 'brings large items whole',
      async run(env) {
        for (const form of waitingForms(forms)) {
          const [queue, back] = [await env.make(), await env.make()];
          const other = env.start(giveBack, queue, back, form);
          await queue.put(item(1, 1, LARGE));
          assert.deepEqual(checked(await inTime(back.get(), 'the item', 3 * IN_TIME), LARGE), [1, 1]);
          await other.result;
        }
      },
    },
    {
      title: 'goes on when a producer was killed in the middle of a put',
      async run(env) {
        const [queue, board] = [await env.make(), env.board()];
        const counts = [0, 0, 0];
        for (let round = 0; round < 3; round++) {
          const producer = env.start(putForEver, queue, round, board, blocked);
          await raised(board, READY, 10 * (round + 1));
          await producer.kill();
          await queue.put('after');
          for (let value = await get(queue, { timeout: IN_TIME }); value !== 'after'; value = await get(queue, { timeout: IN_TIME })) {
            // The last one of those that were killed before may come as late as here, for their put had not returned.
            const [from, i] = checked(value, 300_000);
            assert.equal(i, counts[from]!++);
          }
          assert.ok(counts[round]! >= board[READY]! - 10 * round, 'what was put is kept');
          board[READY] = 10 * (round + 1);
        }
      },
    },
    sendableCase(
      (env) => env.make(),
      async (queue, board) => {
        await queue.put('from here');
        await raised(board, DONE);
        assert.equal(await queue.get(), 'from there');
      },
      meet,
      blocked,
    ),
  ];
}
