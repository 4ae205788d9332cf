/** `Lock`: everything of exclusion.ts, and what only a lock has: any participant may release it, and it says who died holding it. */
import assert from 'node:assert/strict';
import { blockedOf, type Case, type Form, type Forms, type Soon } from './contract.js';
import { exclusionCases, exclusionPrograms, take, type LockLike } from './exclusion.js';
import { inTime, raise, raised, raisedSync } from './signals.js';

export interface PlainLock extends LockLike {
  locked(): Soon<boolean>;
  readonly abandoned: Soon<{ pid: number | null; name: string | null; at: number } | null>;
  recover(): Soon<void>;
}

type Options = [options?: { onAbandoned?: 'pass' | 'error' }];

const [READY, GO] = [0, 1];

async function holdAndStay(lock: PlainLock, board: Int32Array, form: Form): Promise<void> {
  await take(lock, form);
  raise(board, READY);
  raisedSync(board, GO);
}

async function releaseForeign(lock: PlainLock): Promise<void> {
  await lock.release();
}

/** The participant ends after this, normally. */
async function takeAndEnd(lock: PlainLock, form: Form): Promise<void> {
  await take(lock, form);
}

export const lockPrograms = { ...exclusionPrograms, holdAndStay, releaseForeign, takeAndEnd };

export function lockCases(forms: Forms = 'all'): Case<Soon<PlainLock>, Options>[] {
  const blocked = blockedOf(forms);
  const afterDeath = async (lock: LockLike): Promise<void> => {
    const abandoned = await (lock as PlainLock).abandoned;
    assert.ok(abandoned !== null && abandoned.at <= Date.now());
    await (lock as PlainLock).recover();
    assert.equal(await (lock as PlainLock).abandoned, null);
  };
  return [
    ...exclusionCases<Options>((env) => env.make(), afterDeath, forms),
    {
      title: 'may be released by another participant than the one that has it',
      async run(env) {
        const [lock, board] = [await env.make(), env.board()];
        await take(lock, blocked);
        await env.start(releaseForeign, lock).result;
        assert.equal(await lock.locked(), false);
        const holder = env.start(holdAndStay, lock, board, blocked);
        await raised(board, READY);
        await lock.release();
        assert.equal(await lock.tryAcquire(), true);
        raise(board, GO);
        await holder.result;
        await lock.release();
        assert.equal(await lock.abandoned, null);
      },
    },
    {
      title: 'goes on when its holder ends without releasing it, and says that it was abandoned',
      async run(env) {
        const lock = await env.make();
        await env.startNew(takeAndEnd, lock, blocked).result;
        assert.equal(await inTime(lock.acquire(), 'the lock'), true);
        await afterDeath(lock);
        await lock.release();
      },
    },
    {
      title: "throws AbandonedLockError with onAbandoned: 'error' after its holder was killed, until recover()",
      async run(env) {
        const [lock, board] = [await env.make({ onAbandoned: 'error' }), env.board()];
        const holder = env.start(holdAndStay, lock, board, blocked);
        await raised(board, READY);
        const waiting = lock.acquire();
        const refused = assert.rejects(waiting, { code: 'ERR_MANYCORE_ABANDONED_LOCK' });
        await holder.kill();
        await inTime(refused, 'the error');
        await assert.rejects(async () => env.start(takeAndEnd, lock, blocked).result, { code: 'ERR_MANYCORE_ABANDONED_LOCK' });
        await lock.recover();
        assert.equal(await lock.acquire(), true);
        await lock.release();
      },
    },
  ];
}
