/** `Lock`: everything of exclusion.ts, and what only a lock has: any participant may release it, and it says who died holding it. */
import assert from 'node:assert/strict';
import type { Case } from './contract.js';
import { exclusionCases, exclusionPrograms, type LockLike } from './exclusion.js';
import { inTime, raise, raised, raisedSync } from './signals.js';

export interface PlainLock extends LockLike {
  locked(): boolean;
  readonly abandoned: { pid: number | null; name: string | null; at: number } | null;
  recover(): void;
}

type Options = [options?: { onAbandoned?: 'pass' | 'error' }];

const [READY, GO] = [0, 1];

function holdAndStay(lock: PlainLock, board: Int32Array): void {
  lock.acquireSync();
  raise(board, READY);
  raisedSync(board, GO);
}

function releaseForeign(lock: PlainLock): void {
  lock.release();
}

/** The participant ends after this, normally. */
function takeAndEnd(lock: PlainLock): void {
  lock.acquireSync();
}

export const lockPrograms = { ...exclusionPrograms, holdAndStay, releaseForeign, takeAndEnd };

export function lockCases(): Case<PlainLock, Options>[] {
  const afterDeath = (lock: LockLike): void => {
    const { abandoned } = lock as PlainLock;
    assert.ok(abandoned !== null && abandoned.at <= Date.now());
    (lock as PlainLock).recover();
    assert.equal((lock as PlainLock).abandoned, null);
  };
  return [
    ...exclusionCases<Options>((env) => env.make(), afterDeath),
    {
      title: 'may be released by another participant than the one that has it',
      async run(env) {
        const [lock, board] = [env.make(), env.board()];
        lock.acquireSync();
        await env.start(releaseForeign, lock).result;
        assert.equal(lock.locked(), false);
        const holder = env.start(holdAndStay, lock, board);
        await raised(board, READY);
        lock.release();
        assert.equal(lock.tryAcquire(), true);
        raise(board, GO);
        await holder.result;
        lock.release();
        assert.equal(lock.abandoned, null);
      },
    },
    {
      title: 'goes on when its holder ends without releasing it, and says that it was abandoned',
      async run(env) {
        const lock = env.make();
        await env.startNew(takeAndEnd, lock).result;
        assert.equal(await inTime(lock.acquire(), 'the lock'), true);
        afterDeath(lock);
        lock.release();
      },
    },
    {
      title: "throws AbandonedLockError with onAbandoned: 'error' after its holder was killed, until recover()",
      async run(env) {
        const [lock, board] = [env.make({ onAbandoned: 'error' }), env.board()];
        const holder = env.start(holdAndStay, lock, board);
        await raised(board, READY);
        const waiting = lock.acquire();
        const refused = assert.rejects(waiting, { code: 'ERR_MANYCORE_ABANDONED_LOCK' });
        await holder.kill();
        await inTime(refused, 'the error');
        await assert.rejects(async () => env.start(takeAndEnd, lock).result, { code: 'ERR_MANYCORE_ABANDONED_LOCK' });
        lock.recover();
        assert.equal(await lock.acquire(), true);
        lock.release();
      },
    },
  ];
}
