import { ManycoreError, type LockCycleMember } from '@manycore/core';
import { defineError } from '@manycore/core/internal';

/** A lock operation that does not fit who holds the lock. Python: ValueError or AssertionError of the `multiprocessing` primitives. */
export class LockError extends ManycoreError {}
defineError(LockError, 'LockError', 'ERR_MANYCORE_LOCK');

/** The lock's owner died holding it, and the lock was made with `onAbandoned: 'error'`: what it guards may be half changed. */
export class AbandonedLockError extends LockError {
  constructor(
    message: string,
    /** Of the process that died, null when it could not be told any more. */
    readonly pid: number | null,
    readonly processName: string | null,
  ) {
    super(message);
  }
}
defineError(AbandonedLockError, 'AbandonedLockError', 'ERR_MANYCORE_ABANDONED_LOCK');

/**
 * The call would have waited for ever: the thread waits for a lock whose holder waits for a lock ... that this thread holds. Only from locks with `{ detectDeadlock: true }`. Nothing was
 * acquired; what the thread held before it still holds.
 */
export class DeadlockError extends LockError {
  constructor(
    message: string,
    /** Begins with the thread that gave up. Each waits for what the next one holds, the last for what the first holds. */
    readonly cycle: readonly LockCycleMember[],
  ) {
    super(message);
  }
}
defineError(DeadlockError, 'DeadlockError', 'ERR_MANYCORE_DEADLOCK');

/** A party of the barrier timed out, left, died or failed in the action, or the barrier was aborted or reset: it was not met. Python: `threading.BrokenBarrierError`. */
export class BrokenBarrierError extends ManycoreError {}
defineError(BrokenBarrierError, 'BrokenBarrierError', 'ERR_MANYCORE_BROKEN_BARRIER');
