/** `Condition`: a notification reaches a participant that waits, once, whoever dies. */
import assert from 'node:assert/strict';
import { blockedOf, waitingForms, type Cancellable, type Case, type Env, type Form, type Forms, type Soon, type Timed } from './contract.js';
import { take } from './exclusion.js';
import { opened, sendableCase, type Parcel } from './sendable.js';
import { aMoment, inTime, LOST_WAKE_UP_MS, raise, raised, raisedSync } from './signals.js';

export interface ConditionLike {
  acquire(options?: Cancellable): Promise<boolean>;
  acquireSync(options?: Timed): boolean;
  tryAcquire(): Soon<boolean>;
  release(): Soon<void>;
  wait(options?: Cancellable): Promise<boolean>;
  waitSync(options?: Timed): boolean;
  waitFor<R>(predicate: () => R, options?: Cancellable): Promise<R>;
  waitForSync<R>(predicate: () => R, options?: Timed): R;
  notify(n?: number): Soon<void>;
  notifyAll(): Soon<void>;
}

const [READY, GO, WOKEN, FULL, TAKEN, DATA] = [0, 1, 2, 3, 4, 8];

/** Says READY while it holds the lock: who has the lock after that knows that it waits. */
async function waitOnce(condition: ConditionLike, board: Int32Array, form: Form): Promise<void> {
  await take(condition, form);
  raise(board, READY);
  assert.equal(form === 'promise' ? await condition.wait() : condition.waitSync(), true);
  raise(board, WOKEN);
  await condition.release();
}

/** Takes `rounds` items out of a buffer of one, of which every word must be what the producer wrote. */
async function consume(condition: ConditionLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const isFull = (): boolean => board[FULL] === 1;
    if (form === 'promise') {
      await condition.acquire();
      await condition.waitFor(isFull);
    } else {
      condition.acquireSync();
      condition.waitForSync(isFull);
    }
    for (let word = DATA + 1; word < DATA + 16; word++) assert.equal(board[word], board[DATA]);
    board[FULL] = 0;
    board[TAKEN] = (board[TAKEN] as number) + 1;
    await condition.notifyAll();
    await condition.release();
  }
}

async function produce(condition: ConditionLike, board: Int32Array, rounds: number, form: Form): Promise<void> {
  for (let i = 1; i <= rounds; i++) {
    const isEmpty = (): boolean => board[FULL] === 0;
    await take(condition, form);
    if (form === 'promise') await condition.waitFor(isEmpty);
    else condition.waitForSync(isEmpty);
    board.fill(i, DATA, DATA + 16);
    board[FULL] = 1;
    await condition.notifyAll();
    await condition.release();
  }
}

async function holdAndStay(condition: ConditionLike, board: Int32Array, form: Form): Promise<void> {
  await take(condition, form);
  raise(board, READY);
  raisedSync(board, GO);
  await condition.release();
}

async function notifyOnce(condition: ConditionLike, form: Form): Promise<void> {
  await take(condition, form);
  await condition.notify();
  await condition.release();
}

async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
}

async function withoutTheLock(condition: ConditionLike, form: Form): Promise<string[]> {
  const wait = (): unknown => (form === 'promise' ? condition.wait({ timeout: 1 }) : condition.waitSync({ timeout: 1 }));
  return [await codeOf(() => condition.notify()), await codeOf(() => condition.notifyAll()), await codeOf(wait)];
}

async function meet(parcel: Parcel<ConditionLike>, board: Int32Array, form: Form): Promise<void> {
  const condition = opened(parcel);
  await take(condition, form);
  raise(board, READY);
  assert.equal(form === 'promise' ? await condition.wait() : condition.waitSync(), true);
  await condition.release();
}

export const conditionPrograms = { waitOnce, consume, produce, holdAndStay, notifyOnce, withoutTheLock, meet };

/** Waits until so many said READY, and then for the lock: now they wait. */
async function allWait(condition: ConditionLike, board: Int32Array, count: number): Promise<void> {
  await raised(board, READY, count);
  assert.equal(await condition.acquire(), true);
}

export function conditionCases(forms: Forms = 'all'): Case<Soon<ConditionLike>>[] {
  const blocked = blockedOf(forms);
  return [
    {
      title: 'notifyAll wakes everybody who waits, in every form',
      async run(env) {
        const [condition, board] = [await env.make(), env.board()];
        const others = ([blocked, 'promise', blocked] as const).map((form) => env.start(waitOnce, condition, board, form));
        await allWait(condition, board, 3);
        assert.equal(board[WOKEN], 0);
        await condition.notifyAll();
        await condition.release();
        for (const { result } of others) await inTime(result, 'a waiter');
        assert.equal(board[WOKEN], 3);
      },
    },
    {
      title: 'notify wakes as many as it says and no more, and is not kept when nobody waits',
      async run(env) {
        const [condition, board] = [await env.make(), env.board()];
        await take(condition, blocked);
        await condition.notify(5);
        await condition.release();
        const others = ([blocked, 'promise', blocked] as const).map((form) => env.start(waitOnce, condition, board, form));
        await allWait(condition, board, 3);
        await condition.notify();
        await condition.release();
        await raised(board, WOKEN, 1);
        await aMoment();
        assert.equal(board[WOKEN], 1);
        await condition.acquire();
        await condition.notify(2);
        await condition.release();
        for (const { result } of others) await inTime(result, 'a waiter');
      },
    },
    {
      title: 'an event loop that waits is notified by another participant; wait gives false, with the lock, when the time is up',
      async run(env) {
        const condition = await env.make();
        await condition.acquire();
        const notifier = env.start(notifyOnce, condition, blocked);
        assert.equal(await inTime(condition.wait(), 'the notification'), true);
        await notifier.result;
        assert.equal(await condition.wait({ timeout: 20 }), false);
        if (forms === 'all') assert.equal(condition.waitSync({ timeout: 20 }), false);
        assert.equal(await condition.waitFor(() => 0, { timeout: 20 }), 0);
        await condition.release();
      },
    },
    {
      title: 'loses no notification between a producer and consumers of both kinds, and what was written before is seen',
      async run(env) {
        const [condition, board] = [await env.make(), env.board()];
        const since = performance.now();
        const all = [env.start(consume, condition, board, 150, blocked), env.start(consume, condition, board, 150, 'promise'), env.start(produce, condition, board, 300, blocked)];
        for (const { result } of all) await inTime(result, 'producer and consumers', 300 * LOST_WAKE_UP_MS);
        assert.ok(performance.now() - since < 150 * LOST_WAKE_UP_MS, `300 items took ${performance.now() - since} ms`);
        assert.equal(board[TAKEN], 300);
      },
    },
    ...waitingForms(forms).map((form) => ({
      title: `a notification does not go to a waiter (${form}) that was killed`,
      async run(env: Env<Soon<ConditionLike>>) {
        const [condition, board] = [await env.make(), env.board()];
        const victim = env.start(waitOnce, condition, board, form);
        await raised(board, READY, 1);
        const survivor = env.start(waitOnce, condition, board, blocked);
        await allWait(condition, board, 2);
        await condition.release();
        await victim.kill();
        await condition.acquire();
        await condition.notify();
        await condition.release();
        await inTime(survivor.result, 'the waiter that lives');
      },
    })),
    ...waitingForms(forms).map((form) => ({
      title: `a waiter (${form}) that is killed after it was notified, before it has the lock, passes the notification on`,
      async run(env: Env<Soon<ConditionLike>>) {
        const [condition, board] = [await env.make(), env.board()];
        const victim = env.start(waitOnce, condition, board, form);
        await allWait(condition, board, 1);
        await condition.release();
        const survivor = env.start(waitOnce, condition, board, blocked);
        await allWait(condition, board, 2);
        // Neither can come back while the lock is ours. If the notification is the survivor's, so much the better.
        await condition.notify();
        await victim.kill();
        await condition.release();
        await inTime(survivor.result, 'the next waiter');
      },
    })),
    {
      title: 'goes on when the participant that has its lock is killed, for waiters that are notified later',
      async run(env) {
        const [condition, board] = [await env.make(), env.board()];
        const waiter = env.start(waitOnce, condition, board, blocked);
        await allWait(condition, board, 1);
        await condition.release();
        const holder = env.start(holdAndStay, condition, board, blocked);
        await raised(board, READY, 2);
        await holder.kill();
        assert.equal(await inTime(condition.acquire(), 'the lock'), true);
        await condition.notify();
        await condition.release();
        await inTime(waiter.result, 'the waiter');
      },
    },
    {
      title: 'refuses wait and notify of a participant that does not hold the lock',
      async run(env) {
        const [condition, board] = [await env.make(), env.board()];
        const refused = Array<string>(3).fill('ERR_MANYCORE_LOCK');
        assert.deepEqual(await withoutTheLock(condition, blocked), refused);
        const holder = env.start(holdAndStay, condition, board, blocked);
        await raised(board, READY);
        assert.deepEqual(await withoutTheLock(condition, blocked), refused);
        assert.deepEqual(await env.start(withoutTheLock, condition, blocked).result, refused);
        raise(board, GO);
        await holder.result;
      },
    },
    sendableCase(
      (env) => env.make(),
      async (condition, board) => {
        await allWait(condition, board, 1);
        await condition.notify();
        await condition.release();
      },
      meet,
      blocked,
    ),
  ];
}
