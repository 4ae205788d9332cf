/** `RWLock`: many readers or one writer, and neither kind waits for ever for the other. */
import assert from 'node:assert/strict';
import type { Cancellable, Case, Env, Form, Timed } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, isRaised, LOST_WAKE_UP_MS, raise, raised, raisedSync, sleepSync, turnOfTheLoop } from './signals.js';

export interface RWLockLike {
  acquireRead(options?: Cancellable): Promise<boolean>;
  acquireReadSync(options?: Timed): boolean;
  tryAcquireRead(): boolean;
  releaseRead(): void;
  acquireWrite(options?: Cancellable): Promise<boolean>;
  acquireWriteSync(options?: Timed): boolean;
  tryAcquireWrite(): boolean;
  releaseWrite(): void;
  withWrite<R>(fn: () => R | Promise<R>, options?: Cancellable): Promise<R>;
  readonly readers: number;
  writeLocked(): boolean;
}

const [READY, GO, DONE, FAULTS] = [0, 1, 2, 3];
const GUARDED = 8;
const GUARDED_END = 24;

async function takeWrite(lock: RWLockLike, form: Form): Promise<void> {
  if (form === 'promise') await lock.acquireWrite();
  else if (form === 'blocked') lock.acquireWriteSync();
  else while (!lock.tryAcquireWrite()) sleepSync(0.02);
}

async function takeRead(lock: RWLockLike, form: Form): Promise<void> {
  if (form === 'promise') await lock.acquireRead();
  else if (form === 'blocked') lock.acquireReadSync();
  else while (!lock.tryAcquireRead()) sleepSync(0.02);
}

function checkGuarded(board: Int32Array): void {
  for (let word = GUARDED; word < GUARDED_END; word++) if (board[word] !== board[GUARDED]) raise(board, FAULTS);
}

function changeGuarded(board: Int32Array): void {
  checkGuarded(board);
  const next = (board[GUARDED] as number) + 1;
  for (let word = GUARDED; word < GUARDED_END; word++) board[word] = next;
}

/** Writes, and reads twice in between. */
async function write(lock: RWLockLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await takeWrite(lock, form);
    changeGuarded(board);
    lock.releaseWrite();
    for (let j = 0; j < 2; j++) {
      await takeRead(lock, form);
      checkGuarded(board);
      lock.releaseRead();
    }
  }
}

/** Each waits for its turn, which only the other can give, so every round needs a wake-up. */
async function alternate(lock: RWLockLike, board: Int32Array, rounds: number, me: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; ) {
    await takeWrite(lock, form);
    if (board[GUARDED] === me) {
      board[GUARDED] = 1 - me;
      i++;
    }
    lock.releaseWrite();
  }
}

function holdRead(lock: RWLockLike, board: Int32Array): void {
  lock.acquireReadSync();
  raise(board, READY);
  raisedSync(board, GO);
  lock.releaseRead();
}

function holdWrite(lock: RWLockLike, board: Int32Array): void {
  lock.acquireWriteSync();
  raise(board, READY);
  raisedSync(board, GO);
  lock.releaseWrite();
}

async function passAsWriter(lock: RWLockLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  await takeWrite(lock, form);
  raise(board, DONE);
  lock.releaseWrite();
}

async function passAsReader(lock: RWLockLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  await takeRead(lock, form);
  raise(board, DONE);
  lock.releaseRead();
}

/** Always at least one of several that run this has the lock. */
function hammerRead(lock: RWLockLike, board: Int32Array): void {
  raise(board, READY);
  while (!isRaised(board, DONE)) {
    lock.acquireReadSync();
    checkGuarded(board);
    sleepSync(0.3);
    lock.releaseRead();
  }
}

function hammerWrite(lock: RWLockLike, board: Int32Array): void {
  raise(board, READY);
  while (!isRaised(board, DONE)) {
    lock.acquireWriteSync();
    changeGuarded(board);
    lock.releaseWrite();
  }
}

function writeManyTimes(lock: RWLockLike, board: Int32Array, rounds: number): void {
  for (let i = 0; i < rounds; i++) {
    lock.acquireWriteSync();
    changeGuarded(board);
    lock.releaseWrite();
  }
  raise(board, DONE);
}

function meet(parcel: Parcel<RWLockLike>, board: Int32Array): void {
  const lock = opened(parcel);
  holdRead(lock, board);
  raisedSync(board, GO, 2);
  holdWrite(lock, board);
}

export const rwlockPrograms = { write, alternate, holdRead, holdWrite, passAsWriter, passAsReader, hammerRead, hammerWrite, writeManyTimes, meet };

export function rwlockCases(): Case<RWLockLike>[] {
  return [
    {
      title: 'excludes: readers never see half of a change, and a count of writers is exact, with all forms mixed',
      async run(env) {
        const [lock, board] = [env.make(), env.board()];
        const others = [env.start(write, lock, board, 800, 'blocked'), env.start(write, lock, board, 200, 'promise'), env.start(write, lock, board, 200, 'try')];
        await write(lock, board, 100, 'promise');
        for (const { result } of others) await inTime(result, 'a participant', 15_000);
        assert.deepEqual([board[GUARDED], board[FAULTS], lock.readers, lock.writeLocked()], [1_300, 0, 0, false]);
      },
    },
    {
      title: 'lets readers in together, and keeps writers out while there is one',
      async run(env) {
        const [lock, board] = [env.make(), env.board()];
        const others = [env.start(holdRead, lock, board), env.start(holdRead, lock, board)];
        await raised(board, READY, 2);
        assert.equal(lock.readers, 2);
        assert.equal(await lock.acquireRead(), true);
        assert.equal(lock.readers, 3);
        lock.releaseRead();
        assert.equal(lock.tryAcquireWrite(), false);
        assert.equal(await lock.acquireWrite({ timeout: 20 }), false);
        const waiting = lock.acquireWrite();
        raise(board, GO);
        assert.equal(await inTime(waiting, 'the writer'), true);
        assert.deepEqual([lock.readers, lock.writeLocked(), lock.tryAcquireRead()], [0, true, false]);
        lock.releaseWrite();
        await Promise.all(others.map(({ result }) => result));
      },
    },
    {
      title: 'loses no wake-up: writers that need each other take turns without sleeping through one',
      async run(env) {
        for (const form of ['blocked', 'promise'] as const) {
          const [lock, board] = [env.make(), env.board()];
          const since = performance.now();
          const others = [0, 1].map((me) => env.start(alternate, lock, board, 50, me, form));
          for (const { result } of others) await inTime(result, `turns, ${form}`, 100 * LOST_WAKE_UP_MS);
          assert.ok(performance.now() - since < 50 * LOST_WAKE_UP_MS, `100 turns took ${performance.now() - since} ms`);
        }
      },
    },
    ...([
      ['reader', holdRead],
      ['writer', holdWrite],
    ] as const).flatMap(([who, hold]) =>
      (['promise', 'blocked'] as const).map((form) => ({
        title: `goes on to writers and readers (${form}) when a ${who} is killed that has it`,
        async run(env: Env<RWLockLike>) {
          const [lock, board] = [env.make(), env.board()];
          const holder = env.start(hold, lock, board);
          await raised(board, READY);
          const others = [env.start(passAsWriter, lock, board, form), env.start(passAsReader, lock, board, form)];
          await raised(board, READY, 3);
          const own = lock.acquireWrite();
          await aMoment();
          await holder.kill();
          assert.equal(await inTime(own, 'the event loop'), true);
          lock.releaseWrite();
          for (const { result } of others) await inTime(result, 'a participant that waited');
          assert.deepEqual([lock.readers, lock.writeLocked()], [0, false]);
        },
      })),
    ),
    ...(['promise', 'blocked'] as const).map((form) => ({
      title: `readers do not wait for a waiting writer (${form}) that was killed`,
      async run(env: Env<RWLockLike>) {
        const [lock, board] = [env.make(), env.board()];
        const holder = env.start(holdRead, lock, board);
        await raised(board, READY);
        const victim = env.start(passAsWriter, lock, board, form);
        await raised(board, READY, 2);
        await aMoment();
        const reader = env.start(passAsReader, lock, board, 'blocked');
        await raised(board, READY, 3);
        const own = lock.acquireRead();
        await victim.kill();
        assert.equal(await inTime(own, 'the reader of the event loop'), true);
        await inTime(reader.result, 'the blocked reader');
        lock.releaseRead();
        raise(board, GO);
        await holder.result;
        assert.equal(await inTime(lock.acquireWrite(), 'a writer'), true);
        lock.releaseWrite();
      },
    })),
    {
      title: 'serves the writers of one event loop in the order they came',
      async run(env) {
        const [lock, board] = [env.make(), env.board()];
        const holder = env.start(holdWrite, lock, board);
        await raised(board, READY);
        const order: number[] = [];
        const tasks = [0, 1, 2, 3].map((task) => lock.withWrite(() => void order.push(task)));
        raise(board, GO);
        await inTime(Promise.all(tasks), 'the writers');
        assert.deepEqual(order, [0, 1, 2, 3]);
        await holder.result;
      },
    },
    {
      title: 'does not starve a writer while readers come again and again, nor a reader while writers do',
      async run(env) {
        const [lock, board] = [env.make(), env.board()];
        const readers = [env.start(hammerRead, lock, board), env.start(hammerRead, lock, board)];
        await raised(board, READY, 2);
        for (let i = 0; i < 10; i++) {
          assert.equal(await inTime(lock.acquireWrite(), `write ${i}`, 2_000), true);
          lock.releaseWrite();
        }
        raise(board, DONE);
        await Promise.all(readers.map(({ result }) => result));
        const second = env.board();
        const writers = [env.start(hammerWrite, lock, second), env.start(hammerWrite, lock, second)];
        await raised(second, READY, 2);
        for (let i = 0; i < 10; i++) {
          assert.equal(await inTime(lock.acquireRead(), `read ${i}`, 2_000), true);
          lock.releaseRead();
        }
        raise(second, DONE);
        await Promise.all(writers.map(({ result }) => result));
        assert.deepEqual([board[FAULTS], second[FAULTS]], [0, 0]);
      },
    },
    {
      title: 'does not starve a blocked writer while an event loop reads and writes again and again',
      async run(env) {
        const [lock, board] = [env.make(), env.board()];
        const other = env.start(writeManyTimes, lock, board, 20);
        const since = performance.now();
        for (let i = 0; !isRaised(board, DONE); i++) {
          assert.ok(performance.now() - since < 5_000, 'the blocked writer did not get it 20 times');
          await write(lock, board, 1, 'promise');
          if (i % 16 === 0) await turnOfTheLoop();
        }
        await other.result;
        assert.equal(board[FAULTS], 0);
      },
    },
    sendableCase(
      (env) => env.make(),
      async (lock, board) => {
        await raised(board, READY);
        assert.deepEqual([lock.readers, lock.tryAcquireWrite(), lock.tryAcquireRead()], [1, false, true]);
        lock.releaseRead();
        raise(board, GO);
        assert.equal(await lock.acquireWrite(), true);
        lock.releaseWrite();
        raise(board, GO);
        assert.equal(await lock.acquireWrite(), true);
        lock.releaseWrite();
      },
      meet,
    ),
  ];
}
