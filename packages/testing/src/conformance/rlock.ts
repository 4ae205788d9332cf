/** `RLock`: everything of exclusion.ts, and that it is counted per owner: a thread, or an async call tree. */
import assert from 'node:assert/strict';
import { blockedOf, type Case, type Form, type Forms, type Soon } from './contract.js';
import { exclusionCases, exclusionPrograms, take, type LockLike } from './exclusion.js';
import { inTime, raise, raised, raisedSync, turnOfTheLoop } from './signals.js';

const [READY, GO, TWICE] = [0, 1, 2];

async function holdTwice(lock: LockLike, board: Int32Array, form: Form): Promise<void> {
  await take(lock, form);
  assert.equal(await lock.tryAcquire(), true);
  raise(board, READY);
  raisedSync(board, GO);
  await lock.release();
  raise(board, READY);
  raisedSync(board, GO, TWICE);
  await lock.release();
}

async function releaseOfAnother(lock: LockLike): Promise<string> {
  try {
    await lock.release();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'nothing was thrown';
}

export const rlockPrograms = { ...exclusionPrograms, holdTwice, releaseOfAnother };

export function rlockCases(forms: Forms = 'all'): Case<Soon<LockLike>>[] {
  const blocked = blockedOf(forms);
  return [
    ...exclusionCases<[]>((env) => env.make(), undefined, forms),
    {
      title: 'is free for others only after as many releases as acquires',
      async run(env) {
        const [lock, board] = [await env.make(), env.board()];
        const holder = env.start(holdTwice, lock, board, blocked);
        await raised(board, READY);
        assert.equal(await lock.tryAcquire(), false);
        raise(board, GO);
        await raised(board, READY, 2);
        assert.equal(await lock.tryAcquire(), false);
        const waiting = lock.acquire();
        raise(board, GO);
        assert.equal(await inTime(waiting, 'the lock'), true);
        await holder.result;
        await lock.release();
      },
    },
    {
      title: 'goes on, free, when a holder is killed that had it twice',
      async run(env) {
        const [lock, board] = [await env.make(), env.board()];
        const holder = env.start(holdTwice, lock, board, blocked);
        await raised(board, READY);
        const waiting = lock.acquire();
        await holder.kill();
        assert.equal(await inTime(waiting, 'the lock'), true);
        await lock.release();
        assert.notEqual(await releaseOfAnother(lock), 'nothing was thrown');
      },
    },
    {
      title: 'is released by nobody but its owner',
      async run(env) {
        const [lock, board] = [await env.make(), env.board()];
        await take(lock, blocked);
        assert.equal(await env.start(releaseOfAnother, lock).result, 'ERR_MANYCORE_LOCK');
        await lock.release();
        const holder = env.start(holdTwice, lock, board, blocked);
        await raised(board, READY);
        await assert.rejects(async () => lock.release(), { code: 'ERR_MANYCORE_LOCK' });
        board[GO] = 2;
        await holder.result;
      },
    },
    {
      title: 'excludes concurrent tasks of one event loop from each other and from other participants, and lets each of them in again',
      async run(env) {
        const [lock, board] = [await env.make(), env.board()];
        const holder = env.start(holdTwice, lock, board, blocked);
        await raised(board, READY);
        let inside = 0;
        const task = (): Promise<void> =>
          lock.withLock(async () => {
            assert.equal(++inside, 1);
            await turnOfTheLoop();
            await lock.withLock(() => turnOfTheLoop());
            inside--;
          });
        const tasks = Promise.all([task(), task(), task()]);
        board[GO] = 2;
        await inTime(tasks, 'the tasks');
        await holder.result;
      },
    },
  ];
}
