/** What everything that one participant at a time can have must do, however it is called: cases shared by locks and by semaphores of one permit. */
import assert from 'node:assert/strict';
import { blockedOf, roundsOf, waitingForms, type Cancellable, type Case, type Env, type Form, type Forms, type Soon, type Timed } from './contract.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, isRaised, raise, raised, raisedSync, sleepSync, turnOfTheLoop } from './signals.js';

export interface LockLike {
  acquire(options?: Cancellable): Promise<boolean>;
  acquireSync(options?: Timed): boolean;
  tryAcquire(): Soon<boolean>;
  release(): Soon<void>;
  withLock<R>(fn: () => R | Promise<R>, options?: Cancellable): Promise<R>;
}

const [READY, GO, DONE, FAULTS, RELEASED_AT] = [0, 1, 2, 3, 4];
/** A sleep that nobody ends lasts 50 ms, of which two or three have passed at the release. */
const LATE_MS = 35;
/** From here on the words that the lock guards: all are equal whenever nobody is inside. */
const GUARDED = 8;
const GUARDED_END = 24;

/** Takes it in that form. */
export async function take(lock: Pick<LockLike, 'acquire' | 'acquireSync' | 'tryAcquire'>, form: Form): Promise<void> {
  if (form === 'promise') assert.equal(await lock.acquire(), true);
  else if (form === 'blocked') assert.equal(lock.acquireSync(), true);
  else while (!(await lock.tryAcquire())) sleepSync(0.02);
}

function changeGuarded(board: Int32Array): void {
  const before = board[GUARDED] as number;
  for (let word = GUARDED; word < GUARDED_END; word++) {
    if (board[word] !== before) raise(board, FAULTS);
    board[word] = before + 1;
  }
}

async function count(lock: LockLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await take(lock, form);
    changeGuarded(board);
    await lock.release();
  }
}

/** Blocked without a promise between two rounds, so that nothing of an event loop gives others a chance. */
async function hammer(lock: LockLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  while (!isRaised(board, DONE)) {
    if (form === 'blocked') lock.acquireSync();
    else await lock.acquire();
    changeGuarded(board);
    const released = lock.release();
    if (released instanceof Promise) await released;
  }
}

async function holdUntilTold(lock: LockLike, board: Int32Array, form: Form): Promise<void> {
  await take(lock, form);
  raise(board, READY);
  raisedSync(board, GO);
  await lock.release();
}

async function passThrough(lock: LockLike, board: Int32Array, form: Form): Promise<void> {
  raise(board, READY);
  await take(lock, form);
  raise(board, DONE);
  await lock.release();
}

async function manyTimes(lock: LockLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await take(lock, form);
    changeGuarded(board);
    await lock.release();
  }
  raise(board, DONE);
}

/** Has the lock until the other one sleeps for it, again and again; between two rounds nobody takes it, so that only the wake-up of this release helps. */
async function handOver(lock: LockLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    await take(lock, form);
    raise(board, READY);
    raisedSync(board, GO, round);
    sleepSync(2);
    board[RELEASED_AT] = clock();
    await lock.release();
    raisedSync(board, DONE, round);
  }
}

/** The other one; returns how often it was so late that it must have slept through its wake-up. */
async function receive(lock: LockLike, board: Int32Array, rounds: number, form: Form): Promise<number> {
  let late = 0;
  for (let round = 1; round <= rounds; round++) {
    raisedSync(board, READY, round);
    raise(board, GO);
    await take(lock, form);
    if (clock() - (board[RELEASED_AT] as number) > LATE_MS) late++;
    await lock.release();
    raise(board, DONE);
  }
  return late;
}

function clock(): number {
  return Date.now() % 2 ** 30;
}

async function meet(parcel: Parcel<LockLike>, board: Int32Array, form: Form): Promise<void> {
  await holdUntilTold(opened(parcel), board, form);
}

export const exclusionPrograms = { count, hammer, holdUntilTold, passThrough, manyTimes, handOver, receive, meet };

/** @param afterDeath - what has to be done and can be checked by whoever has the lock after its holder died. */
export function exclusionCases<O extends unknown[]>(
  make: (env: Env<Soon<LockLike>, O>) => Soon<LockLike>,
  afterDeath: (lock: LockLike) => Soon<void> = () => undefined,
  forms: Forms = 'all',
): Case<Soon<LockLike>, O>[] {
  const blocked = blockedOf(forms);
  return [
    {
      title: 'excludes: words under it stay equal and count exactly, with promise, blocked and try forms mixed; what was written before release is seen',
      async run(env) {
        const [lock, board] = [await make(env), env.board()];
        const rounds = (all: number): number => roundsOf(forms, all);
        const others = [env.start(count, lock, board, rounds(2_000), blocked), env.start(count, lock, board, rounds(300), 'promise'), env.start(count, lock, board, rounds(300), 'try')];
        await count(lock, board, rounds(200), 'promise');
        for (const { result } of others) await inTime(result, 'a participant that counts', 15_000);
        assert.deepEqual({ count: board[GUARDED], last: board[GUARDED_END - 1], faults: board[FAULTS] }, { count: rounds(2_800), last: rounds(2_800), faults: 0 });
      },
    },
    {
      title: 'loses no wake-up: a release ends the sleep of who waits, in every form',
      async run(env) {
        for (const form of waitingForms(forms)) {
          const [lock, board, rounds] = [await make(env), env.board(), 30];
          const giver = env.start(handOver, lock, board, rounds, blocked);
          const late = (await inTime(env.start(receive, lock, board, rounds, form).result, `hand-overs, ${form}`, 10_000)) as number;
          await giver.result;
          // Some may be late because the machine has other things to do.
          assert.ok(late < rounds / 2, `${late} of ${rounds} were late, ${form}`);
        }
      },
    },
    {
      title: 'serves the tasks of one event loop in the order they came, when it comes from another participant',
      async run(env) {
        const [lock, board] = [await make(env), env.board()];
        const holder = env.start(holdUntilTold, lock, board, blocked);
        await raised(board, READY);
        const order: number[] = [];
        const tasks = [0, 1, 2, 3, 4].map((task) => lock.withLock(() => void order.push(task)));
        raise(board, GO);
        await inTime(Promise.all(tasks), 'the tasks');
        assert.deepEqual(order, [0, 1, 2, 3, 4]);
        await holder.result;
      },
    },
    ...waitingForms(forms).map((form) => ({
      title: `goes on to a waiter (${form}) when its holder is killed`,
      async run(env: Env<Soon<LockLike>, O>) {
        const [lock, board] = [await make(env), env.board()];
        const holder = env.start(holdUntilTold, lock, board, blocked);
        await raised(board, READY);
        const waiter = env.start(passThrough, lock, board, form);
        const waiting = lock.acquire();
        await raised(board, READY, 2);
        await aMoment();
        await holder.kill();
        assert.equal(await inTime(waiting, 'the event loop that waited'), true);
        await afterDeath(lock);
        await lock.release();
        await inTime(waiter.result, 'the participant that waited');
        assert.equal(await lock.tryAcquire(), true);
        await lock.release();
      },
    })),
    ...waitingForms(forms).map((form) => ({
      title: `does not go to a waiter (${form}) that was killed`,
      async run(env: Env<Soon<LockLike>, O>) {
        const [lock, board] = [await make(env), env.board()];
        const holder = env.start(holdUntilTold, lock, board, blocked);
        await raised(board, READY);
        const victim = env.start(passThrough, lock, board, form);
        await raised(board, READY, 2);
        const survivor = env.start(passThrough, lock, board, form);
        await raised(board, READY, 3);
        await aMoment();
        await victim.kill();
        raise(board, GO);
        await inTime(survivor.result, 'the waiter that lives');
        assert.equal(await inTime(lock.acquire(), 'the lock'), true);
        assert.equal(board[DONE], 1);
        await lock.release();
        await holder.result;
      },
    })),
    {
      title: 'goes on when a waiter is killed at the moment of its release',
      async run(env) {
        const [lock, board] = [await make(env), env.board()];
        const holder = env.start(holdUntilTold, lock, board, blocked);
        await raised(board, READY);
        const victim = env.start(passThrough, lock, board, blocked);
        await raised(board, READY, 2);
        const waiting = lock.acquire();
        await aMoment();
        raise(board, GO);
        await victim.kill();
        assert.equal(await inTime(waiting, 'the lock'), true);
        await lock.release();
        await holder.result;
      },
    },
    {
      title: 'does not starve an event loop that waits while others take it again and again, without a pause',
      async run(env) {
        const [lock, board] = [await make(env), env.board()];
        const others = [env.start(hammer, lock, board, blocked), env.start(hammer, lock, board, blocked)];
        await raised(board, READY, 2);
        for (let i = 0; i < 10; i++) {
          assert.equal(await inTime(lock.acquire(), `acquire ${i} of the event loop`, 2_000), true);
          await lock.release();
        }
        raise(board, DONE);
        await Promise.all(others.map(({ result }) => result));
        assert.equal(board[FAULTS], 0);
      },
    },
    {
      title: `does not starve ${forms === 'all' ? 'a blocked thread' : 'another participant'} while an event loop takes it again and again`,
      async run(env) {
        const [lock, board] = [await make(env), env.board()];
        const other = env.start(manyTimes, lock, board, 20, blocked);
        const since = performance.now();
        for (let i = 0; !isRaised(board, DONE); i++) {
          assert.ok(performance.now() - since < 5_000, 'the blocked thread did not get it 20 times');
          await lock.acquire();
          changeGuarded(board);
          await lock.release();
          if (i % 16 === 0) await turnOfTheLoop();
        }
        await other.result;
        assert.equal(board[FAULTS], 0);
      },
    },
    sendableCase(
      make,
      async (lock, board) => {
        await raised(board, READY);
        assert.equal(await lock.tryAcquire(), false);
        raise(board, GO);
        assert.equal(await lock.acquire(), true);
        await lock.release();
      },
      meet,
      blocked,
    ),
  ];
}
